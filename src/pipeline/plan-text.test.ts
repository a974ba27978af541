import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePipelineConfig } from './config-file.js';
import { configPlan } from './config-plan.js';
import { planMermaid } from './plan-mermaid.js';
import { type PipelinePlan, planStages, planText } from './plan-text.js';

const STREET = configPlan(
  parsePipelineConfig({
    version: 1,
    sources: { door: 'door.mp4', yard: 'rtsp://me:word@cam/live?key=1' },
    nodes: {
      people: { model: 'coco-centernet', labels: ['person'], everyFrames: 2 },
      faces: { model: { file: '/nets/faces.onnx', picture: picture(), head: { type: 'boxes', outputs: {} }, labels: ['face'] } },
      gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
      tracker: { track: 'bytetrack', on: { objects: ['people', 'faces'] } },
      looks: { model: 'vehicle-attributes', on: { objects: 'tracker', labels: ['person'] }, reinferEvery: { frames: 9 } },
      mood: { model: 'emotions', on: { objects: 'faces' }, enabled: false },
    },
    outputs: { film: { video: 'out/{stream}.mp4' }, page: { report: 'page.html' } },
    sinks: { events: { jsonl: 'events.jsonl', of: 'events' } },
  }),
  (path) => `./${path}`,
);

function picture() {
  return { input: 'in', fit: { mode: 'stretch', size: { width: 8, height: 8 }, order: 'rgb', layout: 'planar' } } as const;
}

test('the text shows sources, what each node reads and does by stage, and where results go, in aligned columns', () => {
  assert.equal(
    planText(STREET),
    `sources
  door     ./door.mp4
  yard     rtsp://cam/live
stage 1
  people   reads frames         finds person with coco-centernet on every 2. frame
  faces    reads frames         finds objects with faces.onnx
stage 2
  tracker  reads people, faces  follows objects with bytetrack
stage 3
  gate     reads tracker        counts crossings of middle
  looks    reads tracker        looks at person of tracker with vehicle-attributes, kept for each track
left out
  mood
outputs
  film     video ./out/{stream}.mp4
  page     report ./page.html
sinks
  events   events to ./events.jsonl
nodes of one stage work on a frame side by side or one after the other, as is found to be faster at the start
`,
  );
});

test('a chain of nodes has nothing to choose, and what is not there is not shown', () => {
  const plan: PipelinePlan = { ...STREET, nodes: STREET.nodes.slice(1, 2), sources: [], outputs: [], sinks: [], leftOut: [] };
  assert.equal(planText(plan), 'stage 1\n  faces  reads frames  finds objects with faces.onnx\n');
});

test('a node stands one stage behind the latest that it reads', () => {
  const stages = planStages([
    { name: 'a', reads: [] },
    { name: 'b', reads: ['a'] },
    { name: 'c', reads: [] },
    { name: 'd', reads: ['c', 'b'] },
  ]);
  assert.deepEqual([...stages], [['a', 1], ['b', 2], ['c', 1], ['d', 3]]); // prettier-ignore
});

test('the flowchart has every arrow, and several sources meet before several nodes', () => {
  assert.equal(
    planMermaid(STREET),
    `flowchart LR
  source0(["door<br/>./door.mp4"])
  source1(["yard<br/>rtsp://cam/live"])
  node0["people<br/>finds person with coco-centernet on every 2. frame"]
  node1["faces<br/>finds objects with faces.onnx"]
  node2["tracker<br/>follows objects with bytetrack"]
  node3["gate<br/>counts crossings of middle"]
  node4["looks<br/>looks at person of tracker with vehicle-attributes, kept for each track"]
  written0[/"film<br/>video ./out/#123;stream#125;.mp4"/]
  written1[/"page<br/>report ./page.html"/]
  written2[/"events<br/>events to ./events.jsonl"/]
  frames(("frames"))
  source0 --> frames
  source1 --> frames
  frames --> node0
  frames --> node1
  node0 --> node2
  node1 --> node2
  node2 --> node3
  node2 --> node4
  results(("results"))
  node3 --> results
  node4 --> results
  results --> written0
  results --> written1
  results --> written2
`,
  );
});

test('what means something to Mermaid or HTML is written as codes, letters of other scripts are not', () => {
  const nodes = [{ name: 'a', reads: [], summary: 'x "y" `z` <b>#1;\n&[門]é' }];
  const text = planMermaid({ mode: 'auto', sources: [], nodes, outputs: [], sinks: [], leftOut: [] });
  assert.equal(text, 'flowchart LR\n  node0["a<br/>x #34;y#34; #96;z#96; #60;b#62;#35;1#59;#10;#38;#91;門#93;é"]\n');
});
