// SSL certificates: what is refused and why, and everything that can be done with one.

import { readFile } from "node:fs/promises";
import path from "node:path";
import tls from "node:tls";
import { fileURLToPath } from "node:url";

import { makeCertificate, protect, together } from "../support/certificates.ts";
import { choose, type NewCertificate } from "../support/dashboard.ts";
import { expect, signedIn as test } from "../support/test.ts";

const LIST = "/groups/default/ssl-certificates";

/** It expired in 2021; openssl cannot make such a one on the spot. */
const EXPIRED_CA = fileURLToPath(new URL("../support/expired-ca.crt", import.meta.url));

interface BadInput {
  what: string;
  /** The label of the field that says what is wrong. */
  field: string;
  says: RegExp;
  /** Makes the files in a folder, or takes those of the guide. */
  input: (folder: string, certificates: string) => Promise<NewCertificate>;
}

const BAD_INPUTS: BadInput[] = [
  {
    what: "no files",
    field: "Certificate",
    says: /This is needed/,
    input: async () => ({}),
  },
  {
    what: "a certificate that is not PEM",
    field: "Certificate",
    says: /neither PEM nor DER/,
    input: async (folder) => ({ ...(await pair(folder)), certificate: { name: "a.crt", content: "certificate" } }),
  },
  {
    what: "a key in the place of the certificate",
    field: "Certificate",
    says: /no certificate in this/,
    input: async (folder) => {
      const { privateKey } = await pair(folder);
      return { certificate: privateKey, privateKey };
    },
  },
  {
    what: "a certificate in the place of the key",
    field: "Private Key",
    says: /no private key in this/,
    input: async (folder) => {
      const { certificate } = await pair(folder);
      return { certificate, privateKey: certificate };
    },
  },
  {
    what: "an encrypted key",
    field: "Private Key",
    says: /protected by a passphrase.*openssl pkey/,
    input: async (folder) => {
      const { certificate, privateKey } = await pair(folder);
      return { certificate, privateKey: await protect(folder, privateKey) };
    },
  },
  {
    what: "a key of an unknown certificate",
    field: "Private Key",
    says: /belongs to another certificate/,
    input: async (folder) => {
      const other = await makeCertificate(folder, "other");
      return { ...(await pair(folder)), privateKey: other.privateKey };
    },
  },
  {
    what: "the key of another certificate in the upload",
    field: "Private Key",
    says: /belongs to ROOTCA/,
    input: async (_, certificates) => {
      const file = (name: string) => path.join(certificates, name);
      const chain = await together(file("server.crt"), file("ca.crt"));
      return { certificate: { name: "chain.crt", content: chain }, privateKey: file("ca.key") };
    },
  },
  {
    what: "an algorithm that TLS has no use for",
    field: "Private Key",
    says: /cannot be used for TLS/,
    input: async (folder) =>
      makeCertificate(folder, "curve.example", { key: ["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"] }),
  },
  {
    what: "a weak RSA key",
    field: "Private Key",
    says: /1024 bits is too weak/,
    input: async (folder) => makeCertificate(folder, "weak.example", { key: ["rsa:1024"] }),
  },
  {
    what: "a field over its limit",
    field: "Certificate",
    says: /larger than the limit of 64 KiB/,
    input: async (folder) => ({
      ...(await pair(folder)),
      certificate: { name: "large.crt", content: "x".repeat(64 * 1024 + 1) },
    }),
  },
  {
    what: "peer verification without a CA",
    field: "CA Certificate (Optional)",
    says: /needs a CA to verify clients/,
    input: async (folder) => ({ ...(await pair(folder)), peerVerification: true }),
  },
  {
    what: "a CA that is none",
    field: "CA Certificate (Optional)",
    says: /may not act as a CA.*CA:FALSE/,
    input: async (folder) => {
      const leaf = await makeCertificate(folder, "leaf", { extensions: ["basicConstraints=critical,CA:FALSE"] });
      return { ...(await pair(folder)), peerVerification: true, caCertificate: leaf.certificate };
    },
  },
  {
    what: "a CA that may not sign certificates",
    field: "CA Certificate (Optional)",
    says: /may not act as a CA.*keyCertSign/,
    input: async (folder) => {
      const extensions = ["keyUsage=critical,digitalSignature"];
      const leaf = await makeCertificate(folder, "leaf", { extensions });
      return { ...(await pair(folder)), peerVerification: true, caCertificate: leaf.certificate };
    },
  },
  {
    what: "an expired CA",
    field: "CA Certificate (Optional)",
    says: /expired at 2021/,
    input: async (folder) => ({ ...(await pair(folder)), peerVerification: true, caCertificate: EXPIRED_CA }),
  },
  {
    what: "a certificate that names no host",
    field: "SNIs",
    says: /names no host/,
    input: async (folder) => makeCertificate(folder, "nameless", { subject: "/O=Nobody" }),
  },
];

/** A certificate with which nothing is wrong. */
async function pair(folder: string): Promise<{ certificate: string; privateKey: string }> {
  return makeCertificate(folder, "bad-input.example");
}

test.describe("bad input is explained at its field, and nothing is saved", () => {
  for (const { what, field, says, input } of BAD_INPUTS) {
    test(what, async ({ dashboard, folder, certificates }) => {
      const { page } = dashboard;
      const files = await input(folder, certificates);
      await dashboard.open(LIST);
      const before = await page.getByRole("row").count();

      const dialog = await dashboard.openDialog();
      await dashboard.add(dialog, files);
      await expect(dialog.getByLabel(field, { exact: true })).toHaveAccessibleDescription(says);
      await expect(dialog.getByLabel(field, { exact: true })).toHaveAttribute("aria-invalid", "true");

      await dashboard.open(LIST);
      expect(await page.getByRole("row").count()).toBe(before);
    });
  }

  test("an upload of 2 MiB", async ({ dashboard, folder }) => {
    const files = await pair(folder);
    await dashboard.open(LIST);
    const before = await dashboard.page.getByRole("row").count();
    const dialog = await dashboard.openDialog();
    await dashboard.add(dialog, { ...files, certificate: { name: "huge.crt", content: "x".repeat(2 * 1024 * 1024) } });
    await expect(dashboard.page.getByText(/larger than .*\d+ (KiB|bytes)/).first()).toBeVisible();
    await dashboard.open(LIST);
    expect(await dashboard.page.getByRole("row").count()).toBe(before);
  });

  test("a host that another certificate has", async ({ dashboard, folder }, testInfo) => {
    const host = `taken-${testInfo.project.name}.example`;
    const files = await makeCertificate(folder, host);
    await dashboard.open(LIST);
    await dashboard.addAndSee(host, files);
    const dialog = await dashboard.openDialog();
    await dashboard.add(dialog, files);
    await expect(dialog.getByRole("alert")).toContainText(`${host} belongs to the SSL certificate`);
    await dashboard.open(LIST);
    await expect(dashboard.row(host)).toHaveCount(1);
  });
});

test("a certificate is edited without its key being asked for", async ({ dashboard, folder }) => {
  const { page } = dashboard;
  const files = await makeCertificate(folder, "edit.example");
  await dashboard.open(LIST);
  await dashboard.addAndSee("edit.example", files);
  await dashboard.openDetail("edit.example");

  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit SSL Certificate" });
  await expect(dialog).toBeVisible();
  await dashboard.settled();
  await expect(dialog.getByLabel("Private Key", { exact: true })).toHaveCount(0);
  await dialog.getByLabel("SNIs", { exact: true }).fill("edit.example, also-edit.example");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { name: "edit.example, also-edit.example", level: 1 })).toBeVisible();
});

test("a disabled certificate is not served until it is enabled again", async ({ dashboard, folder, postern }) => {
  const { page } = dashboard;
  const host = "switched.example";
  await dashboard.open(LIST);
  await dashboard.addAndSee(host, await makeCertificate(folder, host));
  expect(await servedCertificate(postern.port, host)).toBeDefined();
  await dashboard.openDetail(host);
  const status = page.getByRole("main");

  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("button", { name: "Enable", exact: true })).toBeVisible();
  await dashboard.untilInEffect(status);
  expect(await servedCertificate(postern.port, host)).toBeUndefined();

  await page.getByRole("button", { name: "Enable", exact: true }).click();
  await expect(page.getByRole("button", { name: "Disable", exact: true })).toBeVisible();
  await dashboard.untilInEffect(status);
  expect(await servedCertificate(postern.port, host)).toBeDefined();
});

test("a certificate is replaced by another of the same host", async ({ dashboard, folder, postern }) => {
  const { page } = dashboard;
  const host = "replaced.example";
  await dashboard.open(LIST);
  await dashboard.addAndSee(host, await makeCertificate(folder, host));
  const before = await servedCertificate(postern.port, host);
  await dashboard.openDetail(host);

  await page.getByRole("button", { name: "Replace certificate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Replace certificate" });
  await expect(dialog).toBeVisible();
  await dashboard.settled();
  const next = await makeCertificate(folder, host);
  await choose(dialog, "Certificate", next.certificate);
  await choose(dialog, "Private Key", next.privateKey);
  await dialog.getByRole("button", { name: "Replace certificate", exact: true }).click();
  await expect(dialog).toBeHidden();
  await dashboard.untilInEffect(page.getByRole("main"));

  const after = await servedCertificate(postern.port, host);
  expect(after).toBeDefined();
  expect(after).not.toBe(before);
});

test("a certificate is deleted after a question that names it", async ({ dashboard, folder, postern }) => {
  const { page } = dashboard;
  const host = "deleted.example";
  await dashboard.open(LIST);
  await dashboard.addAndSee(host, await makeCertificate(folder, host));
  await dashboard.openDetail(host);

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const question = page.getByRole("dialog", { name: `Delete the SSL certificate of ${host}?` });
  await expect(question).toBeVisible();
  await dashboard.settled();
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("heading", { name: "SSL Certificates", level: 1 })).toBeVisible();
  await expect(dashboard.row(host)).toHaveCount(0);
  await expect.poll(() => servedCertificate(postern.port, host), { timeout: 1_000 }).toBeUndefined();
});

test("certificate and key can be pasted", async ({ dashboard, folder }) => {
  const host = "pasted.example";
  const files = await makeCertificate(folder, host);
  await dashboard.open(LIST);
  const dialog = await dashboard.openDialog();
  await dialog.getByRole("group", { name: "Method" }).getByLabel("Paste", { exact: true }).check();
  await dialog.getByLabel("Certificate text", { exact: true }).fill(await together(files.certificate));
  await dialog.getByLabel("Private Key text", { exact: true }).fill(await readFile(files.privateKey, "utf8"));
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(dashboard.row(host)).toBeVisible();
});

/** The fingerprint of the certificate that the gateway serves for a host; none if it refuses the handshake. */
async function servedCertificate(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: "127.0.0.1", port, servername: host, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // The gateway does not know the host, and says so; anything else is not what is asked here.
      if (error.code === "ERR_SSL_TLSV1_UNRECOGNIZED_NAME") {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
  });
}
