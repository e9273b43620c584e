import base from "../playwright.config.ts";

// `npm run screenshots` makes the images of the README from the real program.
export default {
  ...base,
  testDir: ".",
  testMatch: "screenshots.ts",
  projects: [{ name: "screenshots", use: { viewport: { width: 1280, height: 640 }, colorScheme: "light" as const } }],
};
