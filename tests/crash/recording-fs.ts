// The real file system, with every call that changes something told to a model of the disk; it can be killed before any of them.
import * as path from "node:path";
import { type FileSystem, O, realFileSystem } from "../../lib/io/fs.ts";
import type { DiskModel, DiskNode } from "./disk-model.ts";

/** A call that changes something, named as the system's own. */
export type Call = {
  readonly name: string;
  readonly file: string;
  /** Of a rename, the old name. */
  readonly from?: string;
  /** Of a cut, the bytes that stay; of a write, those that were written. */
  readonly size?: number;
};

/** What a dead process would have been: nothing it does after this has an effect. */
export class Killed extends Error {
  override readonly name = "Killed";
}

type Hooks = {
  /** Called before a call takes effect; to throw Killed is to be dead from then on. */
  readonly before: (call: Call) => void;
  readonly after: (call: Call) => void;
};

/** @param root the folder that `model` is of */
export function recordingFs(root: string, model: DiskModel, hooks: Hooks): FileSystem {
  const open = new Map<number, { readonly node: DiskNode; readonly file: string }>();
  let dead = false;
  const inside = (file: unknown): string => `/${path.relative(root, String(file))}`;
  const nameOf = (fd: number): string => open.get(fd)?.file ?? "?";
  const perform = <T>(
    name: string,
    file: string,
    call: () => T,
    effect: (result: T) => void,
    more: Partial<Call> = {},
  ): T => {
    if (dead) throw new Killed(name);
    try {
      hooks.before({ name, file, ...more });
    } catch (error) {
      dead = error instanceof Killed;
      throw error;
    }
    const result = call();
    effect(result);
    const written = name === "write" && typeof result === "number" ? { size: result } : {};
    hooks.after({ name, file, ...more, ...written });
    return result;
  };
  const real = realFileSystem;
  const sync = (name: "fsync" | "fdatasync") => (fd: number) =>
    perform(
      name,
      nameOf(fd),
      () => undefined,
      () => {
        const node = open.get(fd)?.node;
        if (node !== undefined) model.sync(node);
      },
    );
  const changes = {
    openSync: (file: string, flags: number, mode?: number): number => {
      const at = inside(file);
      const makes = (flags & O.O_CREAT) !== 0 && model.find(at) === undefined;
      const cuts = (flags & O.O_TRUNC) !== 0 && (model.find(at)?.bytes.length ?? 0) > 0;
      const call = (): number => real.openSync(file, flags, mode);
      const effect = (fd: number): void => {
        const node = makes ? model.create(at, "file") : model.find(at);
        if (node === undefined) return;
        if (cuts) model.cut(node, 0);
        open.set(fd, { node, file: at });
      };
      if (makes || cuts) return perform("open", at, call, effect);
      if (dead) throw new Killed("open");
      const fd = call();
      effect(fd);
      return fd;
    },
    writeSync: (
      fd: number,
      bytes: Uint8Array,
      offset = 0,
      length = bytes.length - offset,
      position: number | null = null,
    ) =>
      perform(
        "write",
        nameOf(fd),
        () => real.writeSync(fd, bytes, offset, length, position),
        (count) => {
          const node = open.get(fd)?.node;
          // Everything here is written at the end, but for what a test damages.
          if (node !== undefined)
            model.write(
              node,
              position ?? node.bytes.length,
              Buffer.from(bytes.slice(offset, offset + count)),
            );
        },
      ),
    ftruncateSync: (fd: number, size = 0) =>
      perform(
        "ftruncate",
        nameOf(fd),
        () => real.ftruncateSync(fd, size),
        () => {
          const node = open.get(fd)?.node;
          if (node !== undefined) model.cut(node, size);
        },
        { size },
      ),
    fsyncSync: sync("fsync"),
    fdatasyncSync: sync("fdatasync"),
    renameSync: (from: string, to: string) =>
      perform(
        "rename",
        inside(to),
        () => real.renameSync(from, to),
        () => model.move(inside(from), inside(to)),
        { from: inside(from) },
      ),
    unlinkSync: (file: string) =>
      perform(
        "unlink",
        inside(file),
        () => real.unlinkSync(file),
        () => model.remove(inside(file)),
      ),
    mkdirSync: (file: string, options: object) =>
      perform(
        "mkdir",
        inside(file),
        () => real.mkdirSync(file, options),
        () => void model.create(inside(file), "folder"),
      ),
    rmdirSync: (file: string) =>
      perform(
        "rmdir",
        inside(file),
        () => real.rmdirSync(file),
        () => model.remove(inside(file)),
      ),
    closeSync: (fd: number) => {
      open.delete(fd);
      real.closeSync(fd);
    },
  };
  return { ...real, ...changes } as unknown as FileSystem;
}
