// An npm registry on the loopback that holds some packages, as npm, npx and Bun ask for them.
import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { NpmPackage } from "../../scripts/release/npm-packages.ts";

export class NpmRegistry implements AsyncDisposable {
  /** Paths that were asked for, in order, without a slash in front. */
  readonly asked: string[] = [];
  readonly #server: http.Server;
  /** All versions of each package, by its name; the last one is the newest. */
  readonly #packages = new Map<string, NpmPackage[]>();

  private constructor() {
    this.#server = http.createServer((request, response) => {
      const name = decodeURIComponent((request.url ?? "").slice(1));
      this.asked.push(name);
      const found = this.#find(name);
      response.writeHead(found === undefined ? 404 : 200).end(found ?? "{}");
    });
  }

  static async start(): Promise<NpmRegistry> {
    const registry = new NpmRegistry();
    registry.#server.listen(0, "127.0.0.1");
    await once(registry.#server, "listening");
    return registry;
  }

  /** With a slash at the end, as npm writes it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(packages: readonly NpmPackage[]): void {
    for (const each of packages)
      this.#packages.set(each.name, [...(this.#packages.get(each.name) ?? []), each]);
  }

  #find(name: string): Uint8Array | string | undefined {
    const all = [...this.#packages.values()].flat();
    const archive = all.find(({ fileName }) => name === `-/${fileName}`);
    if (archive !== undefined) return archive.bytes;
    const versions = this.#packages.get(name);
    return versions === undefined ? undefined : this.#document(name, versions);
  }

  #document(name: string, packages: readonly NpmPackage[]): string {
    const versions = packages.map(({ manifest, fileName, bytes }) => {
      const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`;
      return { ...manifest, dist: { tarball: `${this.url}-/${fileName}`, integrity } };
    });
    return JSON.stringify({
      name,
      "dist-tags": { latest: packages.at(-1)?.manifest["version"] },
      versions: Object.fromEntries(versions.map((each) => [Reflect.get(each, "version"), each])),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
