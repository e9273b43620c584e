// What scripts add to the dialog: a chosen file says at once what it is, and what is missing gets the focus.

import { makeCertificate } from "../support/certificates.ts";
import { choose } from "../support/dashboard.ts";
import { expect, signedIn as test } from "../support/test.ts";

test("a chosen file says what it is, and whether the key belongs to it", async ({ dashboard, folder }) => {
  const { certificate, privateKey } = await makeCertificate(folder, "chosen.example");
  const other = await makeCertificate(folder, "other.example");
  await dashboard.open("/groups/default/ssl-certificates");
  const dialog = await dashboard.openDialog();
  await choose(dialog, "Certificate", certificate);
  await expect(dialog.getByText(/CN=chosen\.example · issued by/)).toBeVisible();
  await choose(dialog, "Private Key", other.privateKey);
  await expect(dialog.getByText(/This key belongs to another certificate/)).toBeVisible();
  await choose(dialog, "Private Key", privateKey);
  await expect(dialog.getByText("belongs to this certificate", { exact: false })).toBeVisible();
});

test("Add without files moves the focus to the first field that is missing", async ({ dashboard }) => {
  await dashboard.open("/groups/default/ssl-certificates");
  const dialog = await dashboard.openDialog();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByLabel("Certificate", { exact: true })).toBeFocused();
});

test("Escape closes the dialog and leads back to the list", async ({ dashboard, page }) => {
  await dashboard.open("/groups/default/ssl-certificates");
  const dialog = await dashboard.openDialog();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/\/ssl-certificates$/);
});
