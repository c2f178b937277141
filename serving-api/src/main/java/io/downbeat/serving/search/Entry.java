package io.downbeat.serving.search;

import io.downbeat.schemas.identity.Uuids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/**
 * A thing of the catalogue as a document of the index.
 *
 * @param log2Streams its popularity, as {@link io.downbeat.schemas.rules.ForwardDecay} has it
 */
record Entry(Card card, float log2Streams) {

  /** Of a thing, whatever its kind; unique. */
  static final String ID = "id";

  static final String KIND = "kind";
  static final String WORD = "word";
  static final String PREFIX = "prefix";
  static final String WHOLE = "whole";

  /** The artists and the album that it is shown with. */
  static final String SHOWN_WITH = "shown_with";

  static final String TEXT = "text";
  static final String CARD = "card";

  /** Of what is not available everywhere, the codes of where it is, one after the other. */
  static final String COUNTRIES = "countries";

  /** Popularity in steps of 1/{@value #STEPS}; documents are sorted by it, the highest first. */
  static final String POPULARITY = "popularity";

  static final int STEPS = 256;

  static Term term(UUID id) {
    return new Term(ID, new BytesRef(Uuids.toBytes(id)));
  }

  /** The things whose entries show one of these artists and albums. */
  static List<UUID> shownWith(IndexSearcher searcher, Set<UUID> ids) throws IOException {
    Query query =
        new TermInSetQuery(
            SHOWN_WITH, ids.stream().map(id -> new BytesRef(Uuids.toBytes(id))).toList());
    Weight weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    List<UUID> found = new ArrayList<>();
    for (LeafReaderContext segment : searcher.getIndexReader().leaves()) {
      Scorer scorer = weight.scorer(segment);
      if (scorer != null) {
        Bits live = segment.reader().getLiveDocs();
        BinaryDocValues cards = DocValues.getBinary(segment.reader(), CARD);
        DocIdSetIterator documents = scorer.iterator();
        for (int document = documents.nextDoc();
            document != DocIdSetIterator.NO_MORE_DOCS;
            document = documents.nextDoc()) {
          if ((live == null || live.get(document)) && cards.advanceExact(document)) {
            found.add(Card.id(cards.binaryValue()));
          }
        }
      }
    }
    return found;
  }

  Document toDocument() {
    SearchText names = new SearchText();
    names.addOwn(card.name());
    for (Card.Named artist : card.credits()) {
      if (artist.name() != null) {
        names.addCredited(artist.name());
      }
    }
    Document document = new Document();
    add(document, ID, List.of(new BytesRef(Uuids.toBytes(card.id()))));
    add(document, KIND, List.of(new BytesRef(card.kind().key())));
    add(document, WORD, names.words());
    add(document, PREFIX, names.prefixes());
    add(document, WHOLE, names.wholes());
    add(document, SHOWN_WITH, shownWith());
    document.add(new BinaryDocValuesField(TEXT, names.text()));
    document.add(new BinaryDocValuesField(CARD, card.toBytes()));
    if (card.countries() != null) {
      document.add(
          new BinaryDocValuesField(COUNTRIES, new BytesRef(String.join("", card.countries()))));
    }
    document.add(new NumericDocValuesField(POPULARITY, Math.round(log2Streams * STEPS)));
    return document;
  }

  private Collection<BytesRef> shownWith() {
    List<BytesRef> ids = new ArrayList<>();
    Stream.concat(
            card.credits().stream().map(Card.Named::id),
            Stream.ofNullable(card.album()).map(Card.Named::id))
        .distinct()
        .forEach(id -> ids.add(new BytesRef(Uuids.toBytes(id))));
    return ids;
  }

  private static void add(Document document, String field, Collection<BytesRef> terms) {
    for (BytesRef term : terms) {
      document.add(new StringField(field, term, Field.Store.NO));
    }
  }
}
