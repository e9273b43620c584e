import { readFile } from "node:fs/promises";
import path from "node:path";

import { mustRun } from "./commands.ts";

/** A certificate and its key, as files. */
export interface Pair {
  certificate: string;
  privateKey: string;
}

interface Recipe {
  /** How openssl shall make the key, e.g. `["rsa:1024"]`. P-256 unless said. */
  key?: string[];
  /** The subject; the name as CN unless said. */
  subject?: string;
  /** Extensions, in the words of openssl.cnf. */
  extensions?: string[];
  /** In days, from now on. */
  validity?: number;
}

/** Makes a self-signed certificate in a folder. */
export async function makeCertificate(folder: string, name: string, recipe: Recipe = {}): Promise<Pair> {
  const certificate = path.join(folder, `${name}.crt`);
  const privateKey = path.join(folder, `${name}.key`);
  const { key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], subject = `/CN=${name}`, extensions = [] } = recipe;
  await mustRun(
    folder,
    "openssl",
    ...["req", "-x509", "-nodes", "-newkey", ...key, "-keyout", privateKey, "-out", certificate],
    ...["-subj", subject, "-days", String(recipe.validity ?? 365)],
    ...extensions.flatMap((extension) => ["-addext", extension]),
  );
  return { certificate, privateKey };
}

/** Writes a key again, protected by a passphrase. */
export async function protect(folder: string, privateKey: string): Promise<string> {
  const encrypted = `${privateKey}.encrypted`;
  const command = ["pkey", "-in", privateKey, "-aes256", "-passout", "pass:secret", "-out", encrypted];
  await mustRun(folder, "openssl", ...command);
  return encrypted;
}

/** Several files in one. */
export async function together(...files: string[]): Promise<string> {
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return contents.join("");
}
