/*
 * Evaluated in a page. `measured(play, on)` puts a button in the page's corner; `play(audio)` is what its click does, and
 * returns what ends it. Sound is there when the element's time moves while it plays; `on` is how many seconds further it
 * must get then. Answers milliseconds from the click, and what was fetched meanwhile.
 */
globalThis.measured = (play, on) => {
  const audio = document.createElement('audio');
  const button = document.createElement('button');
  Object.assign(button.style, { position: 'fixed', left: 0, top: 0, width: '40px', height: '40px', zIndex: 2147483647 });
  document.body.append(audio, button);
  const started = new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`No sound: ${audio.error?.message ?? `state ${audio.readyState}, at ${audio.currentTime}`}`)), 20_000);
    button.addEventListener('click', event => {
      let still = 0;
      let found = null;
      const look = () => {
        if (audio.paused || audio.seeking || audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) still = audio.currentTime;
        else if (found === null && audio.currentTime > still) found = { millis: performance.now() - event.timeStamp, at: still };
        if (found !== null && audio.currentTime >= found.at + on) done({ ...found, clicked: event.timeStamp });
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      play(audio).then(ended => { globalThis.ended = ended; }, fail);
    });
  });
  return started.then(({ millis, clicked }) => {
    const fetched = performance.getEntriesByType('resource').filter(({ startTime }) => startTime >= clicked && startTime < clicked + millis);
    return { millis, fetched: fetched.map(({ name }) => name.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')), decoded: audio.webkitAudioDecodedByteCount ?? 1 };
  }).finally(() => {
    globalThis.ended?.();
    audio.remove();
    button.remove();
    performance.clearResourceTimings();
  });
};
