import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The window is WebKitGTK 2.50, WKWebView and WebView2: nothing older has to be served. */
const BROWSERS = ["safari18", "chrome125"];

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: { target: BROWSERS, sourcemap: false, chunkSizeWarningLimit: 900 },
  css: { modules: { generateScopedName: "[name]_[local]_[hash:base64:4]" } },
  test: {
    restoreMocks: true,
    // Two busy cores: a slow answer is no failure.
    testTimeout: 120_000,
    // Vitest would leave one core to itself, which is half of a small machine.
    maxWorkers: "100%",
    css: { modules: { classNameStrategy: "non-scoped" } },
    projects: [
      {
        extends: true,
        test: {
          // Values only, nothing shared: no page is built for them, and one after the other needs no new process.
          name: "plain",
          environment: "node",
          include: ["src/**/*.test.ts"],
          pool: "threads",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "window",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["test/setup.ts"],
        },
      },
    ],
  },
});
