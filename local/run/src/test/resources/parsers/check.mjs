// What parsers of others read in a sound's folder: `node check.mjs FOLDER` prints it as JSON, with all byte ranges and lengths in
// seconds. It fails where one of them does.
import { readFileSync } from 'node:fs';
import HLS from 'hls-parser';
import { Parser } from 'm3u8-parser';
import * as MP4 from 'mp4box';
import { parse as parseMpd } from 'mpd-parser';

const folder = process.argv[2];
const text = file => readFileSync(`${folder}/${file}`, 'utf8');

function m3u8(file) {
  const parser = new Parser();
  parser.push(text(file));
  parser.end();
  return parser.manifest;
}

function mp4(file) {
  const bytes = readFileSync(`${folder}/${file}`);
  const read = MP4.createFile();
  let info;
  let failure;
  read.onReady = ready => (info = ready);
  read.onError = (module, message) => (failure = `${module}: ${message}`);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  buffer.fileStart = 0;
  read.appendBuffer(buffer);
  read.flush();
  if (failure || !info) throw new Error(failure ?? `${file} has no header`);
  const [track] = info.tracks;
  const samples = read.getTrackById(track.id).samples;
  const [sidx] = read.boxes.filter(box => box.type === 'sidx');
  return {
    codec: track.codec,
    fragmented: info.isFragmented,
    brands: info.brands,
    timescale: track.timescale,
    samples: samples.reduce((sum, { duration }) => sum + duration, 0),
    index: sidx.references.map(({ referenced_size: bytes, subsegment_duration: samples, starts_with_SAP: sap }) => ({ bytes, samples, sap })),
  };
}

const qualities = ['96', '160', '256'];
const highest = HLS.parse(text('256.m3u8'));
const mpd = parseMpd(text('256.mpd'), { manifestUri: 'http://sound.example/256.mpd' });
console.log(
  JSON.stringify({
    variants: highest.variants.map(({ uri, bandwidth, codecs }) => ({ uri, bandwidth, codecs })),
    variantsToo: m3u8('256.m3u8').playlists.map(({ uri }) => uri),
    duration: mpd.duration,
    // One representation each, whose segments are in the index that its file begins with.
    representations: Object.values(mpd.mediaGroups.AUDIO.audio)
      .flatMap(({ playlists }) => playlists)
      .map(({ attributes, sidx }) => ({ id: attributes.NAME, bandwidth: attributes.BANDWIDTH, uri: sidx?.uri, index: sidx?.byterange, header: sidx?.map.byterange })),
    qualities: qualities.map(quality => {
      const playlist = HLS.parse(text(`${quality}/index.m3u8`));
      const { segments, endList } = m3u8(`${quality}/index.m3u8`);
      return {
        ended: endList && playlist.endlist,
        header: segments[0].map.byterange,
        segments: segments.map(({ duration, byterange }) => ({ seconds: duration, ...byterange })),
        segmentsToo: playlist.segments.map(({ duration, byterange }) => ({ seconds: duration, ...byterange })),
        file: mp4(`${quality}/sound.mp4`),
      };
    }),
  }),
);
