// Sums up a .cpuprofile (the format of Chrome's developer tools): how long each function was at work itself.

export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  /** The node at work in each sample, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

export type SelfTimes = {
  readonly totalUs: number;
  /** The longest first. */
  readonly entries: readonly { readonly name: string; readonly us: number }[];
};

/** @param root folder that is left out of the names of files */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, root: string): SelfTimes {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, root)]));
  const times = new Map<string, number>();
  let totalUs = 0;
  samples.forEach((id, at) => {
    const us = timeDeltas[at] ?? 0;
    const name = names.get(id) ?? "?";
    times.set(name, (times.get(name) ?? 0) + us);
    totalUs += us;
  });
  const entries = [...times].map(([name, us]) => ({ name, us })).toSorted((a, b) => b.us - a.us);
  return { totalUs, entries };
}

function nameOf(frame: CpuProfile["nodes"][number]["callFrame"], root: string): string {
  const { functionName, url, lineNumber } = frame;
  const file = url.replace("file://", "").replace(`${root}/`, "");
  const name = functionName === "" ? "(anonymous)" : functionName;
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}
