// Makes the images of docs/images: list.png, dialog.png and handshake.png.

import path from "node:path";
import { fileURLToPath } from "node:url";

import { makeCertificate } from "../support/certificates.ts";
import { choose } from "../support/dashboard.ts";
import { requestWithoutCertificate } from "../support/guide.ts";
import { expect, test } from "../support/test.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));

test("list, dialog and handshake", async ({ dashboard, page, fresh, certificates, folder }) => {
  const file = (name: string) => path.join(certificates, name);
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();

  const partners = await makeCertificate(folder, "partners.example.com");
  const devices = await makeCertificate(folder, "devices", {
    subject: "/CN=devices",
    extensions: ["subjectAltName=DNS:*.devices.example.com"],
    validity: 23,
  });
  await dashboard.addAndSee("partners.example.com", {
    ...partners,
    peerVerification: true,
    caCertificate: file("ca.crt"),
  });
  await dashboard.addAndSee("*.devices.example.com", devices);

  // Tall enough for the whole dialog.
  const viewport = page.viewportSize()!;
  await page.setViewportSize({ ...viewport, height: 900 });
  const dialog = await dashboard.openDialog();
  await choose(dialog, "Certificate", file("server.crt"));
  await choose(dialog, "Private Key", file("server.key"));
  await dialog.getByRole("switch", { name: "Peer Verification" }).check();
  await choose(dialog, "CA Certificate (Optional)", file("ca.crt"));
  await dialog.getByText("clients signed by it will be let in").waitFor();
  await page.screenshot({ path: path.join(IMAGES, "dialog.png") });

  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.setViewportSize(viewport);
  await dashboard.untilInEffect(dashboard.row("test.com"));
  await page.screenshot({ path: path.join(IMAGES, "list.png") });

  await requestWithoutCertificate(certificates, fresh.port);
  await page.getByRole("link", { name: "Handshakes", exact: true }).click();
  const refused = page.getByRole("row").filter({ hasText: "no client certificate" });
  await expect(refused).toBeVisible({ timeout: 10_000 });
  await refused.getByRole("link").click();
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible();
  await page.screenshot({ path: path.join(IMAGES, "handshake.png") });
});
