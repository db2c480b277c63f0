// What other package managers want to know of a release, as text: a Homebrew formula, a Scoop manifest, a PKGBUILD for Arch Linux. Nothing here runs them.
import manifest from "../../package.json" with { type: "json" };
import { RELEASES_URL, REPOSITORY_URL } from "./repository.ts";
import { archiveName, type Target } from "./targets.ts";

const SUMMARY = "Run a large set of items, save every result, resume after any stop";

export type Published = {
  readonly version: string;
  readonly targets: readonly Target[];
  /** SHA-256 of each archive, by its name. */
  readonly hashes: ReadonlyMap<string, string>;
};

type Source = { readonly target: Target; readonly url: string; readonly hash: string };

/** By their names in a release; those for which the release has an archive. */
export function packagerFiles(published: Published): ReadonlyMap<string, string> {
  const sources = published.targets.map((target) => sourceOf(published, target));
  const of = (os: string): Source[] =>
    sources.filter(({ target: { npm } }) => npm.os === os && npm.libc !== "musl");
  const files = new Map<string, string>();
  if (of("darwin").length > 0) files.set("ckpt.rb", formula(published.version, of("darwin"), of("linux")));
  const [windows] = of("win32");
  if (windows !== undefined) files.set("ckpt-scoop.json", scoop(published.version, windows));
  if (of("linux").length > 0) files.set("PKGBUILD", pkgbuild(published.version, of("linux")));
  return files;
}

function sourceOf({ version, hashes }: Published, target: Target): Source {
  const name = archiveName(target);
  const hash = hashes.get(name);
  if (hash === undefined) throw new Error(`no hash of ${name}`);
  return { target, url: `${RELEASES_URL}/download/v${version}/${name}`, hash };
}

function formula(version: string, darwin: readonly Source[], linux: readonly Source[]): string {
  const system = (name: string, sources: readonly Source[]): string[] =>
    sources.length === 0
      ? []
      : [
          `  on_${name} do`,
          ...sources.flatMap(({ target, url, hash }) => [
            `    on_${target.npm.cpu === "arm64" ? "arm" : "intel"} do`,
            `      url "${url}"`,
            `      sha256 "${hash}"`,
            "    end",
          ]),
          "  end",
          "",
        ];
  return `class Ckpt < Formula
  desc "${SUMMARY}"
  homepage "${REPOSITORY_URL}"
  version "${version}"
  license "${manifest.license}"

${[...system("macos", darwin), ...system("linux", linux)].join("\n")}
  def install
    bin.install "ckpt"
    man1.install "man/ckpt.1"
    bash_completion.install "completion/ckpt.bash" => "ckpt"
    zsh_completion.install "completion/_ckpt"
    fish_completion.install "completion/ckpt.fish"
  end

  test do
    assert_equal "ckpt #{version}", shell_output("#{bin}/ckpt --version").strip
  end
end
`;
}

function scoop(version: string, { target, url, hash }: Source): string {
  const json = {
    version,
    description: SUMMARY,
    homepage: REPOSITORY_URL,
    license: manifest.license,
    architecture: { "64bit": { url, hash, extract_dir: `ckpt-${target.name}` } },
    bin: target.executable,
  };
  return `${JSON.stringify(json, null, 4)}\n`;
}

/** What makepkg calls an architecture. */
const ARCH = { x64: "x86_64", arm64: "aarch64" } as const;

function pkgbuild(version: string, sources: readonly Source[]): string {
  const arches = sources.map(({ target }) => `'${ARCH[target.npm.cpu]}'`);
  return `# Maintainer: ckpt contributors
pkgname=ckpt-bin
pkgver=${version.replaceAll("-", "_")}
pkgrel=1
pkgdesc='${SUMMARY}'
arch=(${arches.join(" ")})
url='${REPOSITORY_URL}'
license=('${manifest.license}')
depends=('glibc')
provides=('ckpt')
conflicts=('ckpt')
# What ckpt runs is behind the end of the ELF sections: strip would take it away.
options=('!strip' '!debug')
${sources
  .map(
    ({ target: { npm }, url, hash }) =>
      `source_${ARCH[npm.cpu]}=("ckpt-$pkgver-${npm.cpu}.tar.gz::${url}")\nsha256sums_${ARCH[npm.cpu]}=('${hash}')\n`,
  )
  .join("")}
package() {
  cd "$srcdir"/ckpt-linux-*
  install -Dm755 ckpt "$pkgdir/usr/bin/ckpt"
  install -Dm644 man/ckpt.1 "$pkgdir/usr/share/man/man1/ckpt.1"
  install -Dm644 man/ckpt.zh.1 "$pkgdir/usr/share/man/zh_CN/man1/ckpt.1"
  install -Dm644 completion/ckpt.bash "$pkgdir/usr/share/bash-completion/completions/ckpt"
  install -Dm644 completion/_ckpt "$pkgdir/usr/share/zsh/site-functions/_ckpt"
  install -Dm644 completion/ckpt.fish "$pkgdir/usr/share/fish/vendor_completions.d/ckpt.fish"
  install -Dm644 LICENSE THIRD-PARTY-LICENSES.txt -t "$pkgdir/usr/share/licenses/ckpt-bin"
}
`;
}
