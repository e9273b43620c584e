// Peer verification switched in the browser is felt by new and by open connections within a second.

import http2 from "node:http2";
import path from "node:path";

import { requestWithCertificate, requestWithoutCertificate } from "../support/guide.ts";
import { expect, test } from "../support/test.ts";

/** The promise of the product. */
const WITHIN_MS = 1_000;

test("switching it off and on again reaches new and open connections", async ({ dashboard, fresh, certificates }) => {
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
    peerVerification: true,
    caCertificate: path.join(certificates, "ca.crt"),
  });
  expect((await requestWithoutCertificate(certificates, fresh.port)).code).toBe(56);
  await dashboard.openDetail("test.com");
  const page = dashboard.page;

  await page.getByRole("link", { name: "Switch peer verification off" }).click();
  const question = page.getByRole("dialog", { name: "Switch peer verification off?" });
  await expect(question).toBeVisible();
  await dashboard.settled();
  await question.getByRole("button", { name: "Switch peer verification off" }).click();
  const switchOn = page.getByRole("button", { name: "Switch peer verification on" });
  await expect(switchOn).toBeVisible();
  await expect
    .poll(async () => (await requestWithoutCertificate(certificates, fresh.port)).code, { timeout: WITHIN_MS })
    .toBe(0);

  const anonymous = await connect(fresh.port);
  expect(await anonymous.get("/ip")).toBe(200);

  await dashboard.settled();
  const switched = performance.now();
  await switchOn.click();
  await anonymous.ended;
  expect(performance.now() - switched, "until the open connection has ended").toBeLessThan(WITHIN_MS);
  expect((await requestWithoutCertificate(certificates, fresh.port)).code).toBe(56);
  expect((await requestWithCertificate(certificates, fresh.port)).stdout).toMatch(/^HTTP\/2 200/);
  await expect(page.getByRole("link", { name: "Switch peer verification off" })).toBeVisible();
});

interface Connection {
  /** The status of the answer to a request. */
  get(path: string): Promise<number | undefined>;
  /** Settles when the gateway has ended the connection. */
  ended: Promise<void>;
}

/** An HTTP/2 connection to the gateway as test.com, without a client certificate, that stays open. */
async function connect(port: number): Promise<Connection> {
  const authority = `test.com:${port}`;
  const session = http2.connect(`https://127.0.0.1:${port}`, { servername: "test.com", rejectUnauthorized: false });
  const ended = new Promise<void>((resolve) => session.once("close", resolve));
  await new Promise((resolve, reject) => session.once("connect", resolve).once("error", reject));
  return {
    ended,
    get: (target) =>
      new Promise((resolve, reject) => {
        const request = session.request({ ":path": target, ":authority": authority });
        request.once("response", (headers) => resolve(headers[":status"]));
        request.once("error", reject);
        request.resume();
      }),
  };
}
