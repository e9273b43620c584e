// The guide's walkthrough, word for word: its openssl commands, the dialog of its second section, its two requests.

import path from "node:path";

import type { Outcome } from "../support/commands.ts";
import { KINDS, makeCertificates, requestWithCertificate, requestWithoutCertificate } from "../support/guide.ts";
import { expect, test } from "../support/test.ts";
import { CHINESE, ENGLISH } from "../support/words.ts";

for (const words of [ENGLISH, CHINESE]) {
  test.describe(words.locale, () => {
    test.use({ locale: words.locale });

    for (const kind of KINDS) {
      test(`the guide works with certificates made ${kind}`, async ({ dashboard, fresh, folder }) => {
        await makeCertificates(folder, kind);
        await dashboard.signIn(fresh.dashboard);
        await dashboard.openList();
        const row = await dashboard.addAndSee("test.com", {
          certificate: path.join(folder, "server.crt"),
          privateKey: path.join(folder, "server.key"),
          peerVerification: true,
          caCertificate: path.join(folder, "ca.crt"),
        });
        await expect(dashboard.page.getByRole("columnheader")).toHaveText(words.columns);
        await expect(row.getByRole("cell").first()).toHaveText(/\S/);

        expectAnswer(await requestWithCertificate(folder, fresh.port));
        expectRefusal(await requestWithoutCertificate(folder, fresh.port), CERTIFICATE_REQUIRED);

        await fresh.restart();
        expectAnswer(await requestWithCertificate(folder, fresh.port));
        expectRefusal(await requestWithoutCertificate(folder, fresh.port), CERTIFICATE_REQUIRED);
      });
    }
  });
}

test("a client of another CA is refused", async ({ dashboard, fresh, folder, certificates }) => {
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
    peerVerification: true,
    caCertificate: path.join(certificates, "ca.crt"),
  });
  await makeCertificates(folder, "as written");
  expectRefusal(await requestWithCertificate(folder, fresh.port), UNKNOWN_CA);
});

/** Alert 116 of TLS 1.3, in the words of OpenSSL and of LibreSSL, which knows only its number. */
const CERTIFICATE_REQUIRED = /alert certificate required|reason\(1116\)/;
/** Alert 48. */
const UNKNOWN_CA = /alert unknown ca/;

/** curl's "failure in receiving network data": in TLS 1.3 the client is done with its handshake when it is refused. */
const FAILURE_IN_RECEIVING = 56;

function expectAnswer(outcome: Outcome): void {
  expect(outcome.code, outcome.stderr).toBe(0);
  expect(outcome.stdout).toMatch(/^HTTP\/2 200/);
  expect(outcome.stderr).toMatch(/ALPN[:,] server accepted (to use )?h2/);
  expect(outcome.stdout).toMatch(/"origin"\s*:\s*"127\.0\.0\.1"/);
}

function expectRefusal(outcome: Outcome, alert: RegExp): void {
  expect(outcome.stderr).toMatch(alert);
  expect(outcome.code, outcome.stderr).toBe(FAILURE_IN_RECEIVING);
  expect(outcome.stdout).toBe("");
}
