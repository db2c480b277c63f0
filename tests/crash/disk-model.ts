// What a power cut may leave of a folder: file data is sure only after fsync of the file, a name only after fsync of its folder (of both, for a
// rename between two). Every operation that is not sure may be there or not, and a write may be torn. Buffers here are never changed in place.
import * as fs from "node:fs";
import * as path from "node:path";

export type DiskNode = {
  readonly kind: "file" | "folder";
  bytes: Buffer;
  sureBytes: Buffer;
  readonly entries: Map<string, DiskNode>;
  readonly sureEntries: Map<string, DiskNode>;
};

type DataOperation = {
  readonly kind: "write" | "cut";
  readonly number: number;
  readonly node: DiskNode;
  readonly at: number;
  readonly data: Buffer;
};
type NameOperation = {
  readonly kind: "name";
  readonly number: number;
  readonly node: DiskNode;
  readonly gone: { readonly folder: DiskNode; readonly name: string } | null;
  readonly made: { readonly folder: DiskNode; readonly name: string } | null;
  readonly waiting: Set<DiskNode>;
};
type Operation = DataOperation | NameOperation;

/** Content by path; null for a folder. */
export type Tree = ReadonlyMap<string, Buffer | null>;

function newNode(kind: DiskNode["kind"]): DiskNode {
  const none = Buffer.alloc(0);
  return { kind, bytes: none, sureBytes: none, entries: new Map(), sureEntries: new Map() };
}

function changed(bytes: Buffer, operation: DataOperation): Buffer {
  const { kind, at, data } = operation;
  const size = kind === "cut" ? at : Math.max(bytes.length, at + data.length);
  const result = Buffer.alloc(size);
  bytes.copy(result, 0, 0, size);
  data.copy(result, at);
  return result;
}

function rename(operation: NameOperation, entriesOf: (folder: DiskNode) => Map<string, DiskNode>): void {
  const { gone, made, node } = operation;
  if (gone !== null && entriesOf(gone.folder).get(gone.name) === node)
    entriesOf(gone.folder).delete(gone.name);
  if (made !== null) entriesOf(made.folder).set(made.name, node);
}

export class DiskModel {
  readonly #root: DiskNode = newNode("folder");
  #pending: Operation[] = [];
  #operations = 0;

  /** A disk on which all of `tree` is sure. */
  static of(tree: Tree): DiskModel {
    const model = new DiskModel();
    for (const [file, bytes] of tree) {
      const node = model.create(file, bytes === null ? "folder" : "file");
      if (bytes !== null) node.bytes = node.sureBytes = bytes;
    }
    for (const operation of model.#pending)
      if (operation.kind === "name") rename(operation, (at) => at.sureEntries);
    model.#pending = [];
    return model;
  }

  find(file: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.#root;
    for (const name of file.split("/").filter(Boolean)) node = node?.entries.get(name);
    return node;
  }

  #place(file: string): { readonly folder: DiskNode; readonly name: string } {
    const folder = this.find(path.dirname(file));
    if (folder === undefined) throw new Error(`no folder for ${file} in the model`);
    return { folder, name: path.basename(file) };
  }

  #name(node: DiskNode, gone: NameOperation["gone"], made: NameOperation["made"]): void {
    const waiting = new Set([gone, made].flatMap((place) => (place === null ? [] : [place.folder])));
    const operation: NameOperation = { kind: "name", number: this.#operations++, node, gone, made, waiting };
    rename(operation, (folder) => folder.entries);
    this.#pending.push(operation);
  }

  create(file: string, kind: DiskNode["kind"]): DiskNode {
    const node = newNode(kind);
    this.#name(node, null, this.#place(file));
    return node;
  }

  remove(file: string): void {
    const node = this.find(file);
    if (node !== undefined) this.#name(node, this.#place(file), null);
  }

  move(from: string, to: string): void {
    const node = this.find(from);
    if (node !== undefined) this.#name(node, this.#place(from), this.#place(to));
  }

  write(node: DiskNode, at: number, data: Buffer): void {
    this.#change({ kind: "write", number: this.#operations++, node, at, data });
  }

  cut(node: DiskNode, size: number): void {
    this.#change({ kind: "cut", number: this.#operations++, node, at: size, data: Buffer.alloc(0) });
  }

  #change(operation: DataOperation): void {
    operation.node.bytes = changed(operation.node.bytes, operation);
    this.#pending.push(operation);
  }

  /** How many operations there have been. */
  get operations(): number {
    return this.#operations;
  }

  /** @param begun how many operations there had been when the sync began: it does not cover what came during it */
  sync(node: DiskNode, begun: number = this.#operations): void {
    this.#pending = this.#pending.filter((operation) => {
      if (operation.number >= begun) return true;
      if (operation.kind !== "name") {
        if (operation.node !== node) return true;
        node.sureBytes = changed(node.sureBytes, operation);
        return false;
      }
      operation.waiting.delete(node);
      if (operation.waiting.size > 0) return true;
      rename(operation, (folder) => folder.sureEntries);
      return false;
    });
  }

  /** Whether what `file` holds now is sure. */
  isDataSure(file: string): boolean {
    const node = this.find(file);
    return this.#pending.every((operation) => operation.kind === "name" || operation.node !== node);
  }

  /** Whether a cut now would leave that this very file has, or nothing has, this name, and every folder above it. */
  isNameSure(file: string): boolean {
    if (file === "/" || file === "") return true;
    const folder = this.find(path.dirname(file));
    if (folder === undefined) return true;
    const name = path.basename(file);
    const same = folder.sureEntries.get(name) === folder.entries.get(name);
    return same && this.isNameSure(path.dirname(file));
  }

  /** Paths of the files that are now in a folder. */
  filesIn(folder: string): string[] {
    const entries = [...(this.find(folder)?.entries ?? [])];
    return entries.filter(([, { kind }]) => kind === "file").map(([name]) => path.join(folder, name));
  }

  /** What a cut now would leave under this name whatever else happens; null when that is not sure, or no file. */
  sureBytes(file: string): Buffer | null {
    const node = this.find(file);
    const isSure = node?.kind === "file" && this.isNameSure(file) && this.isDataSure(file);
    return isSure ? node.sureBytes : null;
  }

  /** All states of interest that a cut may leave now. */
  *states(): Generator<Tree> {
    const all = this.#pending;
    yield this.#build(all);
    if (all.length <= 5) {
      for (let mask = 0; mask < 2 ** all.length - 1; mask++)
        yield this.#build(all.filter((_, i) => (mask >> i) % 2 === 1));
    } else {
      for (let i = 0; i < all.length; i++) {
        yield this.#build(all.slice(0, i));
        yield this.#build(all.toSpliced(i, 1));
        yield this.#build(all.slice(i, i + 1));
      }
    }
    const last = all.findLastIndex((operation) => operation.kind === "write" && operation.data.length > 0);
    const write = all[last];
    if (write?.kind !== "write") return;
    for (const data of torn(write.data)) yield this.#build(all.with(last, { ...write, data }));
  }

  #build(chosen: readonly Operation[]): Tree {
    const bytes = new Map<DiskNode, Buffer>();
    const entries = new Map<DiskNode, Map<string, DiskNode>>();
    const entriesOf = (folder: DiskNode): Map<string, DiskNode> => {
      const known = entries.get(folder) ?? new Map(folder.sureEntries);
      entries.set(folder, known);
      return known;
    };
    for (const operation of chosen) {
      if (operation.kind === "name") rename(operation, entriesOf);
      else
        bytes.set(operation.node, changed(bytes.get(operation.node) ?? operation.node.sureBytes, operation));
    }
    const tree = new Map<string, Buffer | null>();
    const walk = (folder: DiskNode, at: string): void => {
      for (const [name, node] of entriesOf(folder)) {
        const file = path.join(at, name);
        tree.set(file, node.kind === "folder" ? null : (bytes.get(node) ?? node.sureBytes));
        if (node.kind === "folder") walk(node, file);
      }
    };
    walk(this.#root, "/");
    return tree;
  }
}

const SECTOR_BYTES = 512;

/** Ways in which a write may reach the disk in part: cut, a sector of zeros, a sector of something else. */
function torn(data: Buffer): Buffer[] {
  const sector = (fill: number): Buffer => {
    const from = Math.min(SECTOR_BYTES, data.length >> 1);
    return Buffer.concat([data.subarray(0, from), Buffer.alloc(data.length - from, fill)]);
  };
  return [
    data.subarray(0, 1),
    data.subarray(0, data.length >> 1),
    data.subarray(0, -1),
    sector(0),
    sector(0xa5),
  ];
}

export function treeDigest(tree: Tree): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const [file, bytes] of [...tree].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hasher.update(`${file}\0${bytes === null ? "-" : bytes.length}\0`);
    if (bytes !== null) hasher.update(bytes);
  }
  return hasher.digest("hex");
}

/** Makes a folder that holds `tree`. */
export function materialise(tree: Tree, folder: string): void {
  for (const [file, bytes] of tree) {
    const at = path.join(folder, file);
    if (bytes === null) fs.mkdirSync(at, { recursive: true });
    else fs.writeFileSync(at, bytes);
  }
}
