package io.downbeat.local.run.simulate;

import java.util.List;

/** A genre with its share of all listening, the usual length of its tracks, and its words. */
public enum Genre {
  POP("pop", 18, 198, "Heart,Candle,Summer,Mirror,Ribbon,Weekend,Kiss,Neon,Cherry,Daydream"),
  HIP_HOP("hip hop", 15, 182, "Block,Crown,Ledger,Hustle,Corner,Verse,Tempo,Concrete,Cipher,Gold"),
  INDIE_ROCK("indie rock", 11, 224, "Polaroid,Ferry,Attic,Static,Postcard,Orchard,Garage,Tide"),
  HOUSE("house", 8, 316, "Groove,Terrace,Pulse,Sunrise,Mirrorball,Cabin,Lift,Ritual,Balcony"),
  TECHNO("techno", 6, 364, "Voltage,Furnace,Grid,Turbine,Signal,Bunker,Modulus,Phase,Steel"),
  METAL("metal", 6, 288, "Iron,Crypt,Ash,Throne,Serpent,Omen,Anvil,Wrath,Obsidian,Raven"),
  FOLK("folk", 6, 214, "Meadow,Willow,Lantern,River,Hollow,Harvest,Sparrow,Thistle,Loom"),
  JAZZ("jazz", 6, 342, "Blue,Alley,Standard,Midnight,Quarter,Velvet,Avenue,Smoke,Parlour"),
  SOUL("soul", 6, 236, "Honey,Grace,Sugar,Prayer,Sunday,Tender,Gospel,Satin,Kindness"),
  CLASSICAL("classical", 5, 402, "Nocturne,Prelude,Sonata,Elegy,Fugue,Romance,Etude,Serenade"),
  AFROBEAT("afrobeat", 5, 258, "Sahel,Palm,Harmattan,Lagoon,Market,Drum,Savanna,Ochre,Calabash"),
  REGGAE("reggae", 3, 244, "Roots,Island,Yard,Lion,Breeze,Anchor,Mango,Harbour,Rebel"),
  AMBIENT("ambient", 3, 388, "Drift,Glacier,Tape,Haze,Lichen,Orbit,Vapour,Stillness,Delta"),
  COUNTRY("country", 4, 206, "Highway,Porch,Whiskey,Saddle,Dust,Truckstop,Prairie,Fiddle,Creek");

  private final String label;
  private final double share;
  private final int usualSeconds;
  private final List<String> words;

  Genre(String label, double share, int usualSeconds, String words) {
    this.label = label;
    this.share = share;
    this.usualSeconds = usualSeconds;
    this.words = List.of(words.split(",", -1));
  }

  /** As the catalogue names it. */
  public String label() {
    return label;
  }

  double share() {
    return share;
  }

  int usualSeconds() {
    return usualSeconds;
  }

  List<String> words() {
    return words;
  }
}
