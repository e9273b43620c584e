import { expect, type Locator, type Page } from "@playwright/test";

import { ADMINISTRATOR } from "./postern.ts";
import { ENGLISH, type Words } from "./words.ts";

/** A file to choose: its path, or its content. */
export type Upload = string | { name: string; content: string | Buffer };

/** What a person puts into the dialog "Add SSL Certificate". What is missing is left as it is. */
export interface NewCertificate {
  certificate?: Upload;
  privateKey?: Upload;
  /** Switches peer verification on. */
  peerVerification?: boolean;
  caCertificate?: Upload;
}

/** The dashboard in a browser, as a person finds their way in it: by labels and roles. */
export class Dashboard {
  constructor(
    readonly page: Page,
    /** Whether scripts run in this browser. */
    private readonly scripted: boolean,
    readonly words: Words = ENGLISH,
  ) {}

  /** Goes to an address and waits until the page is complete: with scripts, until they have taken it over. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.settled();
  }

  async settled(): Promise<void> {
    if (this.scripted) {
      await this.page.locator("html[data-hydrated]").waitFor({ state: "attached" });
    }
  }

  /** Signs in at a dashboard, as its administrator. */
  async signIn(dashboard: string, password = ADMINISTRATOR.password): Promise<void> {
    await this.open(`${dashboard}/sign-in`);
    await this.fillSignIn(password);
    await expect(this.page.getByRole("navigation", { name: this.words.groups })).toBeVisible();
    await this.settled();
  }

  async fillSignIn(password: string): Promise<void> {
    await this.page.getByLabel(this.words.userName, { exact: true }).fill(ADMINISTRATOR.name);
    await this.page.getByLabel(this.words.password, { exact: true }).fill(password);
    await this.page.getByRole("button", { name: this.words.signIn, exact: true }).click();
  }

  /** Follows the sidebar to a group's SSL certificates, as the guide says. */
  async openList(): Promise<void> {
    const sidebar = this.page.getByRole("navigation", { name: this.words.groups });
    await sidebar.getByRole("link", { name: this.words.sslCertificates, exact: true }).click();
    await expect(this.page.getByRole("heading", { name: this.words.sslCertificates, level: 1 })).toBeVisible();
    await this.settled();
  }

  /** Opens the dialog from the list. */
  async openDialog(): Promise<Locator> {
    await this.page.getByRole("button", { name: this.words.openDialog, exact: true }).first().click();
    const dialog = this.page.getByRole("dialog", { name: this.words.dialog });
    await expect(dialog).toBeVisible();
    await this.settled();
    return dialog;
  }

  /** Fills the dialog in and sends it. */
  async add(dialog: Locator, input: NewCertificate): Promise<void> {
    const words = this.words;
    await dialog.getByRole("group", { name: words.type }).getByLabel(words.server, { exact: true }).check();
    await dialog.getByRole("group", { name: words.method }).getByLabel(words.upload, { exact: true }).check();
    await choose(dialog, words.certificate, input.certificate);
    await choose(dialog, words.privateKey, input.privateKey);
    await dialog
      .getByRole("switch", { name: words.peerVerification, exact: true })
      .setChecked(input.peerVerification ?? false);
    await choose(dialog, words.caCertificate, input.caCertificate);
    await dialog.getByRole("button", { name: words.add, exact: true }).click();
  }

  /** The row of the list that shows this host. */
  row(host: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("cell", { name: host, exact: true }) });
  }

  /** Adds a certificate and waits until its row says that the listener serves it. */
  async addAndSee(host: string, input: NewCertificate): Promise<Locator> {
    const dialog = await this.openDialog();
    await this.add(dialog, input);
    await expect(dialog).toBeHidden();
    const row = this.row(host);
    await this.untilInEffect(row);
    return row;
  }

  /** Waits until an object says that the listener serves its newest state. Without scripts, by loading again. */
  async untilInEffect(place: Locator): Promise<void> {
    await this.untilVisible(place.getByText(this.words.inEffect, { exact: true }));
  }

  /** Waits until a live page shows something. Without scripts, by loading again. */
  async untilVisible(shown: Locator): Promise<void> {
    await expect(async () => {
      if (!this.scripted && !(await shown.isVisible())) {
        await this.page.reload();
      }
      await expect(shown).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await this.settled();
  }

  /** The host of a certificate's row leads to its own page. */
  async openDetail(host: string): Promise<void> {
    await this.row(host).getByRole("link").first().click();
    await expect(this.page.getByRole("heading", { name: host, level: 1 })).toBeVisible();
    await this.settled();
  }
}

/** Chooses a file in the field with this label. */
export async function choose(place: Locator, label: string, file: Upload | undefined): Promise<void> {
  if (file === undefined) {
    return;
  }
  const input = place.getByLabel(label, { exact: true });
  if (typeof file === "string") {
    await input.setInputFiles(file);
  } else {
    const buffer = Buffer.from(file.content);
    await input.setInputFiles({ name: file.name, mimeType: "application/x-pem-file", buffer });
  }
}
