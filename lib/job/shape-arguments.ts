// The options that say what the rows of an output consist of, for the commands that write one. A run records which of them its output was made with.

export const SHAPE_ARGUMENTS = {
  "include-input": {
    type: "boolean",
    group: "output",
    description: "join the item's own fields",
    zh: "并入条目自身的字段",
  },
  "include-meta": {
    type: "boolean",
    group: "output",
    description: "add attempts, times, tokens, cost, marks and fingerprint",
    zh: "加上尝试次数、时间、token、费用、标记和指纹",
  },
  flatten: {
    type: "boolean",
    group: "output",
    description: "columns of outputs that are objects: output.score",
    zh: "把对象形式的输出展开成列：output.score",
  },
  bom: {
    type: "boolean",
    group: "output",
    description: "byte-order mark for Excel",
    zh: "为 Excel 写入 BOM",
  },
} as const;

export type ShapeSettings = {
  readonly includeInput: boolean;
  readonly includeMeta: boolean;
  readonly flatten: boolean;
  readonly bom: boolean;
};

/** The names of the options that are set, always in the same order. */
export function shapeOptions({ includeInput, includeMeta, flatten, bom }: ShapeSettings): string[] {
  const options: readonly (readonly [keyof typeof SHAPE_ARGUMENTS, boolean])[] = [
    ["include-input", includeInput],
    ["include-meta", includeMeta],
    ["flatten", flatten],
    ["bom", bom],
  ];
  return options.flatMap(([name, isSet]) => (isSet ? [name] : []));
}
