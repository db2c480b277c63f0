// A server on the loopback that holds releases as a forge does: below `latest/download` and `download/vVERSION`. Archives hold stand-ins for the program.
import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { gzip, inFolder, type PackedFile, textFile } from "../../scripts/release/packed-file.ts";
import { tar } from "../../scripts/release/tar.ts";
import { archiveName, type Target, TARGETS } from "../../scripts/release/targets.ts";

/** A content, or what answers by itself. */
export type Answer = Uint8Array | string | ((response: http.ServerResponse) => void);

export class ReleaseServer implements AsyncDisposable {
  /** By their paths, without a slash in front. */
  readonly files: Map<string, Answer> = new Map();
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #server: http.Server;

  private constructor() {
    this.#server = http.createServer((request, response) => {
      const name = decodeURIComponent((request.url ?? "").slice(1));
      this.asked.push(name);
      const found = this.files.get(name);
      if (typeof found === "function") found(response);
      else response.writeHead(found === undefined ? 404 : 200).end(found ?? "not found");
    });
  }

  static async start(): Promise<ReleaseServer> {
    const server = new ReleaseServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Puts a release into place: archives and SHA256SUMS. @param isLatest whether it is the newest as well */
  publish(version: string, archives: ReadonlyMap<string, Uint8Array>, isLatest = true): void {
    const files = new Map<string, Answer>(archives).set("SHA256SUMS", sumsOf(archives));
    for (const [name, content] of files) {
      this.files.set(`download/v${version}/${name}`, content);
      if (isLatest) this.files.set(`latest/download/${name}`, content);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** As sha256sum writes it. */
export function sumsOf(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files]
    .map(([name, content]) => `${new Bun.CryptoHasher("sha256").update(content).digest("hex")}  ${name}\n`)
    .join("");
}

/** A program that answers `--version` like ckpt, and knows which target it stands for. */
export function standIn(target: string, version: string): string {
  return `#!/bin/sh\n# stands for ${target}\necho "ckpt ${version}"\n`;
}

/** An archive for each target that is a tar.gz, laid out as those of a release. @param program the content of the executable */
export function standInArchives(
  version: string,
  program: (target: Target) => string = ({ name }) => standIn(name, version),
): ReadonlyMap<string, Uint8Array> {
  const archives = new Map<string, Uint8Array>();
  for (const target of TARGETS.filter(({ archive }) => archive === "tar.gz")) {
    const files: PackedFile[] = [
      { path: target.executable, bytes: Buffer.from(program(target)), isExecutable: true },
      ...["LICENSE", "README.md", ...EXTRAS].map((name) => textFile(name, `${name} of ${version}\n`)),
    ];
    archives.set(archiveName(target), gzip(tar(inFolder(`ckpt-${target.name}`, files), 0)));
  }
  return archives;
}

/** Manual and completion, by their places in an archive. */
const EXTRAS = [
  "man/ckpt.1",
  "man/ckpt.zh.1",
  "completion/ckpt.bash",
  "completion/_ckpt",
  "completion/ckpt.fish",
];
