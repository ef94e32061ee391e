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
const address = (task, place) => ({
  own: `${place.servers[task.policy].foreign}/page`,
  null: '/frame',
})[task.from] ?? `${place.origins[task.from]}/frame`;

let questions = 0;
const perform = async (task, place) => {
  if (task.from === 'app') return check(task.source, place);
  const frame = await framed(task.from, address(task, place));
  const number = ++questions;
  let heard;
  const answer = new Promise((done) => {
    heard = ({data, source}) => source === frame && data.number === number && done(data.reads);
    addEventListener('message', heard);
  });
  frame.postMessage({source: task.source, place, number}, '*');
  const reads = await Promise.race([answer, later(12000).then(() => 'no answer of the frame')]);
  removeEventListener('message', heard);
  return reads;
};
