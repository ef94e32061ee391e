// Runs each check where it belongs: in this page, or in a frame of another origin.
'use strict';

const frames = new Map();
const framed = async (from, address) => {
  if (!frames.has(address)) {
    const frame = document.createElement('iframe');
    if (from === 'null') frame.sandbox = 'allow-scripts';
    const loaded = new Promise((done) => { frame.onload = done; });
    frame.src = address;
    frame.hidden = true;
    document.body.append(frame);
    frames.set(address, loaded.then(() => frame.contentWindow));
  }
  return frames.get(address);
};
const address = ({from}, place, {policy} = place) => ({
  own: `${place.servers[policy].foreign}/page`,
  null: '/frame',
  proxy: `${place.origins.proxy}/${place.framework}/${policy}/page`,
  plain: `${place.origins.plain}/${place.framework}/${policy}/page`,
  extension: `${place.origins.extension}/frame.html`,
})[from] ?? `${place.origins[from]}/frame`;

let questions = 0;
const perform = async (task, place) => {
  if (task.from === 'app') return check(task.source, place);
  const late = later(12000).then(() => 'no answer of the frame');
  const frame = await Promise.race([framed(task.from, address(task, place)), late]);
  if (typeof frame === 'string') return frame;
  const number = ++questions;
  let heard;
  const answer = new Promise((done) => {
    heard = ({data, source}) => source === frame && data.number === number && done(data.reads);
    addEventListener('message', heard);
  });
  // A page of an extension makes no function of the source.
  frame.postMessage({source: task.source, fetched: task.fetched, place, number}, '*');
  const reads = await Promise.race([answer, late]);
  removeEventListener('message', heard);
  return reads;
};
