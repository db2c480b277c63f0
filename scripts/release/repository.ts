// Where releases are published. The address stands in package.json, in `repository`, and nowhere else: installers and READMEs are made from it.
import manifest from "../../package.json" with { type: "json" };

/** As `https://github.com/OWNER/ckpt`. */
export const REPOSITORY_URL: string = manifest.repository.url.replace(/^git\+/, "").replace(/\.git$/, "");

/** Below it are `latest/download/FILE` and `download/vVERSION/FILE`. */
export const RELEASES_URL: string = `${REPOSITORY_URL}/releases`;

/** minisign's public key, which installers check the signature with; empty as long as releases are not signed. */
export const PUBLIC_KEY: string = "";
