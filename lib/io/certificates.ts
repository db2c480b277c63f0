// Certificate files in PEM format.
import { X509Certificate } from "node:crypto";
import { causeText } from "../core/errors.ts";
import { readNamedFile } from "./file.ts";
import type { FileSystem } from "./fs.ts";

const PEM = /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----$[^]*?^-----END [A-Z0-9 ]+-----$/m;

/** Why a file cannot be used as a certificate file; null when it can. */
export function whyNoCertificates(fs: FileSystem, file: string): string | null {
  try {
    const [first] = PEM.exec(readNamedFile(fs, file).toString("latin1").replaceAll("\r", "")) ?? [];
    const isOne = first !== undefined && new X509Certificate(first).raw.length > 0;
    return isOne ? null : "it holds no certificate in PEM";
  } catch (error) {
    return causeText(error);
  }
}
