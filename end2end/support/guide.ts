import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { mustRun, run, type Outcome } from "./commands.ts";

/** The guide's commands, one file each, word for word. */
const FOLDER = fileURLToPath(new URL("../guide/", import.meta.url));

/**
 * What kind of certificates the guide's openssl commands make. They name sections of extensions, but no file that has
 * them; so it depends on the version of openssl what becomes of that.
 */
export type Kind =
  /** As the openssl of this machine does it: X.509 v1 before openssl 3.2. */
  | "as written"
  /** X.509 v3 with key identifiers and nothing else, as openssl 3.2 and later. */
  | "key identifiers only"
  /** X.509 v3 as it should be: who may sign, for which host, for which use. */
  | "proper extensions";

export const KINDS: readonly Kind[] = ["as written", "key identifiers only", "proper extensions"];

const IDENTIFIERS = ["subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid"];

/** The sections that the commands name, for the kinds that have a file with them. */
const EXTENSIONS: Record<Exclude<Kind, "as written">, Record<string, string[]>> = {
  "key identifiers only": { authority: IDENTIFIERS, server: IDENTIFIERS, client: IDENTIFIERS },
  "proper extensions": {
    authority: [...IDENTIFIERS, "basicConstraints = critical, CA:TRUE", "keyUsage = critical, keyCertSign, cRLSign"],
    server: [
      ...IDENTIFIERS,
      "basicConstraints = critical, CA:FALSE",
      "keyUsage = critical, digitalSignature",
      "extendedKeyUsage = serverAuth",
      "subjectAltName = DNS:test.com",
    ],
    client: [
      ...IDENTIFIERS,
      "basicConstraints = critical, CA:FALSE",
      "keyUsage = critical, digitalSignature",
      "extendedKeyUsage = clientAuth",
    ],
  },
};

/** Makes ca.crt, server.crt, server.key, client.crt and client.key in a folder, by the guide's commands. */
export async function makeCertificates(folder: string, kind: Kind): Promise<void> {
  for (const [file, role] of [
    ["1-authority.sh", "authority"],
    ["2-server.sh", "server"],
    ["3-client.sh", "client"],
  ] as const) {
    let script = await command(file);
    if (kind !== "as written") {
      const section = EXTENSIONS[kind][role]!.join("\n");
      await writeFile(path.join(folder, `${role}.cnf`), `[v3_ca]\n${section}\n[v3_req]\n${section}\n`);
      script = script.replace("-extensions ", `-extfile ${role}.cnf -extensions `);
    }
    await mustRun(folder, "sh", "-c", script);
  }
}

/** The guide's request with the client certificate of a folder. */
export async function requestWithCertificate(folder: string, port: number): Promise<Outcome> {
  return request("4-request-with-certificate.sh", folder, port);
}

/** The guide's request without a client certificate. */
export async function requestWithoutCertificate(folder: string, port: number): Promise<Outcome> {
  return request("5-request-without-certificate.sh", folder, port);
}

async function request(file: string, folder: string, port: number): Promise<Outcome> {
  return run(folder, "sh", "-c", (await command(file)).replaceAll("9443", String(port)));
}

async function command(file: string): Promise<string> {
  return readFile(path.join(FOLDER, file), "utf8");
}
