// Who gets in: the one-time set-up link, signing in and out.

import { ADMINISTRATOR, Postern } from "../support/postern.ts";
import { expect, signedIn, test } from "../support/test.ts";

const SIGN_IN = { name: "Sign in", level: 1 };

test("the set-up link makes the administrator, once", async ({ dashboard }) => {
  const { page } = dashboard;
  const postern = await Postern.start({ administrator: false });
  const link = postern.setUp!;
  expect(link).toContain(postern.dashboard);

  await dashboard.open(postern.dashboard);
  await expect(page.getByText("Open the set-up link that Postern printed")).toBeVisible();

  await dashboard.open(link.replace(/token=.*/, "token=guessed"));
  await fillSetUp();
  await expect(page.getByRole("alert")).toContainText("This set-up link is not valid any more");

  await dashboard.open(link);
  await fillSetUp("another password than before");
  await expect(page.getByLabel("Password again", { exact: true })).toHaveAccessibleDescription(/passwords differ/);

  await dashboard.open(link);
  await fillSetUp();
  await expect(page.getByRole("navigation", { name: "Gateway groups" })).toBeVisible();

  await page.context().clearCookies();
  await dashboard.open(link);
  await expect(page.getByText("This set-up link is not valid any more")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create administrator" })).toHaveCount(0);
  await dashboard.signIn(postern.dashboard);
  await postern.remove();

  async function fillSetUp(again = ADMINISTRATOR.password): Promise<void> {
    await page.getByLabel("User name", { exact: true }).fill(ADMINISTRATOR.name);
    await page.getByLabel("Password", { exact: true }).fill(ADMINISTRATOR.password);
    await page.getByLabel("Password again", { exact: true }).fill(again);
    await page.getByRole("button", { name: "Create administrator" }).click();
  }
});

test("a page asks to sign in and is shown afterwards", async ({ dashboard, postern }) => {
  const { page } = dashboard;
  const settings = `${postern.dashboard}/groups/default/settings`;
  await dashboard.open(settings);
  await expect(page.getByRole("heading", SIGN_IN)).toBeVisible();
  await dashboard.fillSignIn(ADMINISTRATOR.password);
  await expect(page).toHaveURL(settings);
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
});

test("a way back that leads to another site is not taken", async ({ dashboard, postern }) => {
  await dashboard.open(`${postern.dashboard}/sign-in?next=${encodeURIComponent("//example.com/")}`);
  await dashboard.fillSignIn(ADMINISTRATOR.password);
  await expect(dashboard.page.getByRole("navigation", { name: "Gateway groups" })).toBeVisible();
  expect(dashboard.page.url()).toContain(postern.dashboard);
});

test("a wrong password is refused", async ({ dashboard, fresh }) => {
  await dashboard.open(`${fresh.dashboard}/sign-in`);
  await dashboard.fillSignIn("not the password");
  await expect(dashboard.page.getByRole("alert")).toContainText("The user name or the password is wrong.");
  await dashboard.open(`${fresh.dashboard}/groups/default`);
  await expect(dashboard.page.getByRole("heading", SIGN_IN)).toBeVisible();
});

test("signing out ends the session for good", async ({ dashboard, fresh }) => {
  const { page } = dashboard;
  await dashboard.signIn(fresh.dashboard);
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", SIGN_IN)).toBeVisible();
  await page.context().addCookies(cookies);
  await dashboard.open(`${fresh.dashboard}/groups/default`);
  await expect(page.getByRole("heading", SIGN_IN)).toBeVisible();
});

test("a session outlives a restart", async ({ dashboard, fresh }) => {
  await dashboard.signIn(fresh.dashboard);
  await fresh.restart();
  await dashboard.open(`${fresh.dashboard}/groups/default`);
  await expect(dashboard.page.getByRole("navigation", { name: "Gateway groups" })).toBeVisible();
});

signedIn("language and theme are switched where one is", async ({ dashboard }) => {
  const { page } = dashboard;
  await dashboard.open("/groups/default/settings");
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.getByRole("heading", { name: "设置", level: 1 })).toBeVisible();
  await dashboard.settled();
  await page.getByRole("button", { name: "主题" }).click();
  await page.getByRole("button", { name: "深色" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("heading", { name: "设置", level: 1 })).toBeVisible();
});
