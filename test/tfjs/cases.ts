import { filled, fusedWith, graph, type Make, picture, product, rows, sizesOf } from './case-parts.js';
import { type Constant, FLOAT, flag, floats, type Graph, INT, ints, type Node, one, text, whole, wholes } from './graphs.js';
import { PICTURE_CASES } from './picture-cases.js';
import type { Random } from './random.js';

const pad =
  (op: string): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4)).map((size) => size + 2);
    const mirror = op === 'MirrorPad';
    // The picture's rows are not padded, as in all networks; a batch could not be free otherwise.
    const numbers = shape.flatMap((_, axis) => (axis === 0 && shape.length > 1 ? [0, 0] : [random.int(0, 2), random.int(0, 2)]));
    const constants = {
      pads: { dtype: 'int32' as const, shape: [shape.length, 2], values: numbers },
      ...(op === 'PadV2' ? { filler: floats([], [7]) } : {}),
    };
    const attr = mirror ? { mode: text(random.pick(['REFLECT', 'SYMMETRIC'])) } : {};
    return picture(random, graph(shape, [{ name: 'y', op, input: ['x', ...Object.keys(constants)], attr }], constants));
  };

const stridedSlice: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4));
  const count = random.int(1, shape.length);
  const bits = (): number => random.int(0, 2 ** count - 1);
  const masks = { begin_mask: bits(), end_mask: bits(), shrink_axis_mask: bits() & bits(), new_axis_mask: 0, ellipsis_mask: 0 };
  // With strides TF.js' own kernel loses count of the axes that go.
  const strided = random.chance();
  if (strided) masks.shrink_axis_mask = 0;
  // What is one element has no open end; TensorFlow does not look at these bits, TF.js trips over them.
  masks.begin_mask &= ~masks.shrink_axis_mask;
  masks.end_mask &= ~masks.shrink_axis_mask;
  const special = random.int(0, 3);
  const at = 2 ** random.int(0, count - 1);
  if (special === 0) masks.new_axis_mask = at;
  if (special === 1) masks.ellipsis_mask = at;
  const axisOf = (i: number): number => (special === 1 && 2 ** i > at ? shape.length - (count - i) : special === 0 && 2 ** i > at ? i - 1 : i);
  const [begin, end, step]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < count; i++) {
    const size = shape[axisOf(i)]!;
    const from = random.int(0, size - 1);
    const to = random.int(from + 1, size);
    const back = strided && random.int(0, 3) === 0;
    begin.push(back ? to - 1 : random.chance() ? from : from - size);
    end.push(back ? (from === 0 ? -size - 1 : from - 1) : random.chance() || to === size ? to : to - size);
    step.push(back ? -1 : strided ? random.int(1, 2) : 1);
  }
  const attr = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, whole(mask)]));
  return picture(
    random,
    graph(shape, [{ name: 'y', op: 'StridedSlice', input: ['x', 'begin', 'end', 'step'], attr }], {
      begin: ints(...begin),
      end: ints(...end),
      step: ints(...step),
    }),
  );
};

const slice: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4));
  const begin = shape.map((size) => random.int(0, size - 1));
  const size = shape.map((size, axis) => (random.chance() ? -1 : random.int(1, size - begin[axis]!)));
  return picture(random, graph(shape, [{ name: 'y', op: 'Slice', input: ['x', 'begin', 'size'] }], { begin: ints(...begin), size: ints(...size) }));
};

const split: Make = (random) => {
  const [count, shape] = [random.int(1, 3), sizesOf(random, random.int(1, 4), 3)];
  const axis = random.int(0, shape.length - 1);
  const outputs = ['y', ...Array.from({ length: count - 1 }, (_, i) => `y:${i + 1}`)];
  const node = { name: 'y', op: 'Split', input: ['axis', 'x'], attr: { num_split: whole(count) } };
  return picture(random, graph(shape.with(axis, shape[axis]! * count), [node], { axis: one(random.chance() ? axis : axis - shape.length) }, outputs));
};

const splitV: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4), 3);
  const axis = random.int(0, shape.length - 1);
  const lengths = sizesOf(random, 3, 3);
  // TF.js takes a -1 anywhere but in front.
  const told = random.chance() ? lengths : lengths.with(random.int(1, 2), -1);
  const node = { name: 'y', op: 'SplitV', input: ['x', 'lengths', 'axis'], attr: { num_split: whole(3) } };
  return picture(
    random,
    graph(
      shape.with(
        axis,
        lengths.reduce((a, b) => a + b),
      ),
      [node],
      { lengths: ints(...told), axis: one(axis) },
      ['y', 'y:1', 'y:2'],
    ),
  );
};

const unpack: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4), 3);
  const axis = random.int(0, shape.length - 1);
  const outputs = Array.from({ length: shape[axis]! }, (_, i) => (i === 0 ? 'y' : `y:${i}`));
  return picture(
    random,
    graph(
      shape,
      [{ name: 'y', op: 'Unpack', input: ['x'], attr: { axis: whole(random.chance() ? axis : axis - shape.length), num: whole(shape[axis]!) } }],
      {},
      outputs,
    ),
  );
};

const pack: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 3), 3);
  const axis = random.int(-1, shape.length);
  return graph(shape, [
    { name: 'r', op: 'Relu', input: ['x'] },
    { name: 'y', op: 'Pack', input: ['x', 'r', 'x'], attr: { axis: whole(axis), N: whole(3) } },
  ]);
};

const concat: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4), 3);
  const axis = random.int(0, shape.length - 1);
  const constants = { axis: one(random.chance() ? axis : axis - shape.length), ...(random.chance() ? { c: filled(random, shape) } : {}) };
  return picture(
    random,
    graph(
      shape,
      [
        { name: 'r', op: 'Relu', input: ['x'] },
        { name: 'y', op: 'ConcatV2', input: ['x', 'r', ...('c' in constants ? ['c'] : []), 'axis'], attr: { N: whole('c' in constants ? 3 : 2) } },
      ],
      constants,
    ),
  );
};

const reduction =
  (op: string): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4));
    const axes = random
      .shuffled(shape.length)
      .slice(0, random.int(1, shape.length))
      .map((axis) => (random.chance() ? axis : axis - shape.length));
    return picture(
      random,
      graph(shape, [{ name: 'y', op, input: ['x', 'axes'], attr: { keep_dims: flag(random.chance()) } }], { axes: ints(...axes) }),
    );
  };

const extreme =
  (op: string): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4));
    return picture(random, graph(shape, [{ name: 'y', op, input: ['x', 'axis'] }], { axis: one(random.int(-shape.length, shape.length - 1)) }));
  };

const transpose: Make = (random) => {
  const shape = sizesOf(random, random.int(2, 4));
  const usual = [
    [0, 3, 1, 2],
    [0, 2, 3, 1],
  ];
  const order = shape.length === 4 && random.chance() ? random.pick(usual) : random.shuffled(shape.length);
  return picture(
    random,
    graph(
      shape,
      [
        { name: 't', op: 'Transpose', input: ['x', 'order'] },
        { name: 'y', op: 'Relu', input: ['t'] },
      ],
      { order: ints(...order) },
    ),
  );
};

const reshape: Make = (random) => {
  const [a, b, c] = sizesOf(random, 3) as [number, number, number];
  const shape = random.pick([
    [2, a, b, c],
    [1, a, b, c],
    [2, 1, 1, c],
    [2, a, b, 1],
    [2, a, b * c],
  ]);
  const target = random.pick([[shape[0]!, -1], [-1, a * b * c], [shape[0]!, a, -1], [-1], [c, -1], [shape[0]!, 1, -1]]).slice();
  const valid = target.includes(-1) && product(shape) % product(target.filter((size) => size > 0)) === 0;
  return picture(random, graph(shape, [{ name: 'y', op: 'Reshape', input: ['x', 'target'] }], { target: ints(...(valid ? target : shape)) }));
};

/** Flattens by sizes that the graph reads off the tensor itself, as Keras writes it. */
const computedReshape: Make = (random) => {
  const shape = sizesOf(random, 4);
  const nodes = [
    { name: 'sizes', op: 'Shape', input: ['x'] },
    { name: 'rows', op: 'StridedSlice', input: ['sizes', 'zero', 'one', 'one'], attr: { shrink_axis_mask: whole(1) } },
    { name: 'target', op: 'Pack', input: ['rows', 'rest'], attr: { axis: whole(0) } },
    { name: 'y', op: 'Reshape', input: ['x', 'target'] },
  ];
  return picture(random, graph(shape, nodes, { zero: ints(0), one: ints(1), rest: one(-1) }));
};

const expandDims: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 3));
  return graph(shape, [{ name: 'y', op: 'ExpandDims', input: ['x', 'axis'] }], { axis: one(random.int(-shape.length - 1, shape.length)) });
};

const squeeze: Make = (random) => {
  const shape = sizesOf(random, 4, 2);
  const ones = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const axes = ones.filter(() => random.chance());
  return picture(random, graph(shape, [{ name: 'y', op: 'Squeeze', input: ['x'], attr: axes.length > 0 ? { squeeze_dims: wholes(...axes) } : {} }]));
};

const tile: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4), 3);
  return picture(random, graph(shape, [{ name: 'y', op: 'Tile', input: ['x', 'times'] }], { times: ints(...sizesOf(random, shape.length, 3)) }));
};

const broadcastTo: Make = (random) => {
  const shape = sizesOf(random, 3, 2);
  return graph(shape, [{ name: 'y', op: 'BroadcastTo', input: ['x', 'to'] }], {
    to: ints(2, ...shape.map((size) => (size === 1 ? random.int(1, 3) : size))),
  });
};

const fillAndRange: Make = (random) => {
  const size = random.int(1, 6);
  const nodes = [
    { name: 'range', op: 'Range', input: ['from', 'to', 'step'], attr: { Tidx: INT } },
    { name: 'numbers', op: 'Cast', input: ['range'], attr: { SrcT: INT, DstT: FLOAT } },
    { name: 'fill', op: 'Fill', input: ['sizes', 'value'], attr: { T: FLOAT } },
    { name: 'sum', op: 'Add', input: ['numbers', 'fill'] },
    { name: 'y', op: 'Mul', input: ['x', 'sum'] },
  ];
  const [from, step] = [random.int(-3, 3), random.pick([-2, -1, 1, 2])];
  return graph([2, size], nodes, { from: one(from), to: one(from + step * size), step: one(step), sizes: ints(2, size), value: floats([], [0.5]) });
};

const topK: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 3)).map((size) => size + 2);
  const k = random.int(1, shape.at(-1)!);
  return graph(shape, [{ name: 'y', op: 'TopKV2', input: ['x', 'k'], attr: { sorted: flag(true) } }], { k: one(k) }, ['y', 'y:1']);
};

const gather: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 4));
  const axis = random.int(0, shape.length - 1);
  const of = sizesOf(random, random.int(0, 2), 3);
  const indices: Constant = { dtype: 'int32', shape: of, values: Array.from({ length: product(of) }, () => random.int(0, shape[axis]! - 1)) };
  return picture(
    random,
    graph(shape, [{ name: 'y', op: 'GatherV2', input: ['x', 'i', 'axis'], attr: { batch_dims: whole(0) } }], { i: indices, axis: one(axis) }),
  );
};

const gatherNd: Make = (random) => {
  const shape = sizesOf(random, random.int(2, 4));
  const [depth, count] = [random.int(1, shape.length), random.int(1, 4)];
  const values = Array.from({ length: count }, () => shape.slice(0, depth).map((size) => random.int(0, size - 1))).flat();
  return graph(shape, [{ name: 'y', op: 'GatherNd', input: ['x', 'i'] }], { i: { dtype: 'int32', shape: [count, depth], values } });
};

const sparse: Make = (random) => {
  const shape = sizesOf(random, 2);
  const count = random.int(1, 3);
  const places = random
    .shuffled(product(shape))
    .slice(0, count)
    .flatMap((at) => [Math.floor(at / shape[1]!), at % shape[1]!]);
  const length = places.length / 2;
  const nodes = [
    { name: 'dense', op: 'SparseToDense', input: ['places', 'to', 'values', 'otherwise'] },
    { name: 'y', op: 'Mul', input: ['x', 'dense'] },
  ];
  return graph(shape, nodes, {
    places: { dtype: 'int32', shape: [length, 2], values: places },
    to: ints(...shape),
    values: filled(random, [length]),
    otherwise: floats([], [3]),
  });
};

const suppression =
  (op: string, outputs: readonly string[]): Make =>
  (random) => {
    const count = random.int(3, 12);
    // Corners in order: the first two numbers plus sizes.
    const nodes = [
      { name: 'size', op: 'Abs', input: ['x'] },
      { name: 'to', op: 'Add', input: ['from', 'size'] },
      { name: 'boxes', op: 'ConcatV2', input: ['from', 'to', 'axis'], attr: { N: whole(2) } },
      {
        name: 'y',
        op,
        input: [
          'boxes',
          'scores',
          'most',
          'overlap',
          ...(op === 'NonMaxSuppressionV2' ? [] : ['least']),
          ...(op === 'NonMaxSuppressionV5' ? ['sigma'] : []),
        ],
        attr: { pad_to_max_output_size: flag(false) },
      },
    ];
    const constants = {
      from: filled(random, [count, 2], 0, 2),
      scores: filled(random, [count], 0, 1),
      axis: one(1),
      most: one(random.int(1, count)),
      overlap: floats([], [0.3]),
      least: floats([], [0.2]),
      ...(op === 'NonMaxSuppressionV5' ? { sigma: floats([], [0]) } : {}),
    };
    return graph([count, 2], nodes, constants, [...outputs]);
  };

const matMul =
  (fused: boolean): Make =>
  (random) => {
    const [m, k, n] = sizesOf(random, 3) as [number, number, number];
    const [a, b] = [random.chance() && !fused, random.chance()];
    const more = fused ? fusedWith(random, n) : { attr: {}, constants: {}, input: [] };
    const constants = { w: filled(random, b ? [n, k] : [k, n]), ...more.constants };
    return graph(
      a ? [k, m] : [m, k],
      [
        {
          name: 'y',
          op: fused ? '_FusedMatMul' : 'MatMul',
          input: ['x', 'w', ...more.input],
          attr: { transpose_a: flag(a), transpose_b: flag(b), ...more.attr },
        },
      ],
      constants,
    );
  };

const batchMatMul: Make = (random) => {
  const [rows, m, k, n] = sizesOf(random, 4) as [number, number, number, number];
  const [a, b] = [random.chance(), random.chance()];
  return graph(a ? [rows, k, m] : [rows, m, k], [{ name: 'y', op: 'BatchMatMulV2', input: ['x', 'w'], attr: { adj_x: flag(a), adj_y: flag(b) } }], {
    w: filled(random, b ? [rows, n, k] : [rows, k, n]),
  });
};

const einsum: Make = (random) => {
  const [b, h, w, c] = sizesOf(random, 4, 4) as [number, number, number, number];
  const [equation, shape] = random.pick<[string, number[]]>([
    ['bhwc,hwc->bc', [h, w, c]],
    ['bhwc,ck->bhwk', [c, 3]],
    ['bhwc,bhwc->bhw', [b, h, w, c]],
    ['bhwc,hc->hbw', [h, c]],
  ]);
  return graph([b, h, w, c], [{ name: 'y', op: 'Einsum', input: ['x', 'w'], attr: { equation: text(equation), N: whole(2) } }], {
    w: filled(random, shape),
  });
};

/** An operator on one number at a time, whose inputs are between `least` and `most`. */
const unary =
  (op: string, least = -2, most = 2, attr: Node['attr'] = {}): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4));
    const middle = (least + most) / 2;
    const nodes = [
      { name: 'scaled', op: 'Mul', input: ['x', 'half'] },
      { name: 'moved', op: 'Add', input: ['scaled', 'middle'] },
      { name: 'y', op, input: ['moved'], attr },
    ];
    return picture(random, graph(shape, nodes, { half: floats([], [(most - least) / 4]), middle: floats([], [middle]) }));
  };

/** An operator on two numbers at a time, the second of every form that stretches: a number, one a channel, a whole tensor. */
const binary =
  (op: string, least = -2, most = 2): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4));
    const other = random.pick([[], [shape.at(-1)!], shape, shape.map((size) => (random.chance() ? size : 1)), shape.slice(1)]);
    const input = random.chance() && least === -2 ? ['c', 'x'] : ['x', 'c'];
    return picture(random, graph(shape, [{ name: 'y', op, input, attr: { T: FLOAT } }], { c: filled(random, other, least, most) }));
  };

/** The same on truth values or on whole numbers: the numbers are made so before, and floats after. */
const onOthers =
  (op: string, prepared: (random: Random) => { readonly nodes: readonly Node[]; readonly constants: Graph['constants'] }, back: object): Make =>
  (random) => {
    const { nodes, constants } = prepared(random);
    const shape = sizesOf(random, random.int(1, 4));
    return picture(
      random,
      graph(
        shape,
        [
          ...nodes,
          { name: 'z', op, input: nodes.some(({ name }) => name === 'b') ? ['a', 'b'] : ['a'] },
          { name: 'y', op: 'Cast', input: ['z'], attr: { SrcT: back, DstT: FLOAT } },
        ],
        constants,
      ),
    );
  };

const truths = (one: boolean) => () => ({
  nodes: [{ name: 'a', op: 'Greater', input: ['x', 'zero'] }, ...(one ? [] : [{ name: 'b', op: 'Less', input: ['x', 'half'] }])],
  constants: { zero: floats([], [0]), half: floats([], [0.5]) },
});

const numbers = (random: Random) => ({
  nodes: [
    { name: 'tens', op: 'Mul', input: ['x', 'ten'] },
    { name: 'a', op: 'Cast', input: ['tens'], attr: { SrcT: FLOAT, DstT: INT } },
    { name: 'b', op: 'Identity', input: ['c'] },
  ],
  constants: { ten: floats([], [10]), c: one(random.pick([-7, -3, 2, 3, 5])) },
});

const select =
  (op: string): Make =>
  (random) => {
    const shape = sizesOf(random, random.int(1, 4));
    const nodes = [
      { name: 'c', op: 'Greater', input: ['x', 'limit'] },
      { name: 'r', op: 'Neg', input: ['x'] },
      { name: 'y', op, input: ['c', 'x', 'r'] },
    ];
    return picture(random, graph(shape, nodes, { limit: floats([], [0.3]) }));
  };

const truthReduction =
  (op: string): Make =>
  (random) => {
    const shape = sizesOf(random, 3);
    const nodes = [
      { name: 'c', op: 'Greater', input: ['x', 'limit'] },
      { name: 'z', op, input: ['c', 'axes'], attr: { keep_dims: flag(random.chance()) } },
      { name: 'y', op: 'Cast', input: ['z'], attr: { SrcT: { type: 'DT_BOOL' }, DstT: FLOAT } },
    ];
    return graph(shape, nodes, { limit: floats([], [0]), axes: ints(random.int(0, 2)) });
  };

const cumulate: Make = (random) => {
  const shape = sizesOf(random, random.int(1, 3));
  const attr = { exclusive: flag(random.chance()), reverse: flag(random.chance()) };
  return graph(shape, [{ name: 'y', op: 'Cumsum', input: ['x', 'axis'], attr }], { axis: one(random.int(0, shape.length - 1)) });
};

const oneHot: Make = (random) => {
  const nodes = [
    { name: 'i', op: 'ArgMax', input: ['x', 'axis'] },
    { name: 'y', op: 'OneHot', input: ['i', 'depth', 'on', 'off'], attr: { axis: whole(-1), dtype: FLOAT } },
  ];
  return graph(sizesOf(random, 2), nodes, { axis: one(1), depth: one(5), on: floats([], [3]), off: floats([], [-1]) });
};

const places: Make = (random) => {
  const nodes = [
    { name: 'c', op: 'Greater', input: ['x', 'limit'] },
    { name: 'y', op: 'Where', input: ['c'] },
  ];
  return graph(sizesOf(random, random.int(1, 3)), nodes, { limit: floats([], [0]) });
};

const likeness =
  (op: string): Make =>
  (random) =>
    graph(sizesOf(random, 3), [
      { name: 'z', op, input: ['x'] },
      { name: 'y', op: 'Add', input: ['x', 'z'] },
    ]);

const clip: Make = (random) =>
  graph(sizesOf(random, 3), [{ name: 'y', op: 'ClipByValue', input: ['x', 'low', 'high'] }], { low: floats([], [-0.5]), high: floats([], [1]) });

const addAll: Make = (random) => {
  const nodes = [
    { name: 'r', op: 'Relu', input: ['x'] },
    { name: 'y', op: 'AddN', input: ['x', 'r', 'x'], attr: { N: whole(3) } },
  ];
  return picture(random, graph(sizesOf(random, 4), nodes));
};

const sizeAndRank: Make = (random) => {
  const nodes = [
    { name: 'size', op: 'Size', input: ['x'] },
    { name: 'rank', op: 'Rank', input: ['x'] },
    { name: 'sum', op: 'Add', input: ['size', 'rank'] },
    { name: 'number', op: 'Cast', input: ['sum'], attr: { SrcT: INT, DstT: FLOAT } },
    { name: 'y', op: 'Mul', input: ['x', 'number'] },
  ];
  return graph(sizesOf(random, random.int(1, 4)), nodes);
};

/** Slopes of every form that TF.js takes. */
const prelu: Make = (random) => {
  const shape = sizesOf(random, 4);
  const slopes = random.pick([[shape[3]!], [1, 1, shape[3]!], shape.slice(1)]);
  return picture(random, graph(shape, [{ name: 'y', op: 'Prelu', input: ['x', 'slopes'] }], { slopes: filled(random, slopes) }));
};

/** Roots of numbers of which half have none. */
const unknown: Make = (random) => {
  const nodes = [
    { name: 'root', op: 'Sqrt', input: ['x'] },
    { name: 'none', op: 'IsNan', input: ['root'] },
    { name: 'y', op: 'Cast', input: ['none'], attr: { SrcT: { type: 'DT_BOOL' }, DstT: FLOAT } },
  ];
  return graph(sizesOf(random, 3), nodes);
};

const powers: Make = (random) => {
  const nodes = [
    { name: 'positive', op: 'Abs', input: ['x'] },
    { name: 'y', op: 'Pow', input: ['positive', 'by'] },
  ];
  return picture(random, graph(sizesOf(random, 4), nodes, { by: floats([], [random.pick([0.5, 2, 3])]) }));
};

const identity: Make = (random) =>
  graph(sizesOf(random, 4), [
    { name: 'i', op: 'Identity', input: ['x'] },
    { name: 's', op: 'StopGradient', input: ['i'] },
    { name: 'n', op: 'IdentityN', input: ['s', 'x'] },
    { name: 'y', op: 'Add', input: ['n', 'n:1'] },
  ]);

/** A maker for each operator that can be converted. */
export const CASES: Readonly<Record<string, Make>> = {
  ...PICTURE_CASES,
  ...rows(['Pad', 'PadV2', 'MirrorPad'], pad),
  StridedSlice: stridedSlice,
  Slice: slice,
  Split: split,
  SplitV: splitV,
  Unpack: unpack,
  Pack: pack,
  ConcatV2: concat,
  ...rows(['Mean', 'Sum', 'Max', 'Min', 'Prod'], reduction),
  ...rows(['Any', 'All'], truthReduction),
  ...rows(['ArgMax', 'ArgMin'], extreme),
  ...rows(['Softmax', 'LogSoftmax'], (op) => unary(op)),
  Cumsum: cumulate,
  Transpose: transpose,
  Reshape: reshape,
  'Reshape to computed sizes': computedReshape,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Tile: tile,
  BroadcastTo: broadcastTo,
  'Fill and Range': fillAndRange,
  'Size and Rank': sizeAndRank,
  TopKV2: topK,
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: oneHot,
  SparseToDense: sparse,
  Where: places,
  NonMaxSuppressionV2: suppression('NonMaxSuppressionV2', ['y']),
  NonMaxSuppressionV3: suppression('NonMaxSuppressionV3', ['y']),
  NonMaxSuppressionV4: suppression('NonMaxSuppressionV4', ['y', 'y:1']),
  NonMaxSuppressionV5: suppression('NonMaxSuppressionV5', ['y', 'y:1']),
  MatMul: matMul(false),
  _FusedMatMul: matMul(true),
  BatchMatMulV2: batchMatMul,
  Einsum: einsum,
  ...rows(
    [
      'Relu',
      'Relu6',
      'Elu',
      'Selu',
      'Softplus',
      'Sigmoid',
      'Abs',
      'Neg',
      'Sign',
      'Square',
      'Exp',
      'Expm1',
      'Erf',
      'Sin',
      'Cos',
      'Atan',
      'Sinh',
      'Cosh',
      'Tanh',
      'Floor',
      'Ceil',
      'Round',
    ],
    (op) => unary(op, -8, 8),
  ),
  ...rows(['Asin', 'Acos'], (op) => unary(op, -0.9, 0.9)),
  ...rows(['Sqrt', 'Rsqrt', 'Reciprocal', 'Log', 'Log1p'], (op) => unary(op, 0.1, 9)),
  Tan: unary('Tan', -1, 1),
  LeakyRelu: unary('LeakyRelu', -2, 2, { alpha: { f: 0.3 } }),
  Prelu: prelu,
  IsNan: unknown,
  Pow: powers,
  ClipByValue: clip,
  ...rows(['Add', 'AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'SquaredDifference', 'Atan2'], (op) => binary(op)),
  ...rows(['RealDiv', 'Div', 'DivNoNan', 'FloorDiv', 'FloorMod', 'Mod'], (op) => binary(op, 0.3, 1.5)),
  AddN: addAll,
  ...rows(['LogicalAnd', 'LogicalOr'], (op) => onOthers(op, truths(false), { type: 'DT_BOOL' })),
  LogicalNot: onOthers('LogicalNot', truths(true), { type: 'DT_BOOL' }),
  ...rows(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'], (op) => onOthers(op, numbers, { type: 'DT_BOOL' })),
  ...rows(
    ['Add', 'Sub', 'Mul', 'Maximum', 'Minimum', 'FloorDiv', 'FloorMod', 'RealDiv'].map((op) => op),
    (op) => (random) => (random.chance() ? binary(op, 0.3, 1.5) : onOthers(op, numbers, INT))(random),
  ),
  ...rows(['Select', 'SelectV2'], select),
  ...rows(['ZerosLike', 'OnesLike'], likeness),
  Identity: identity,
};
