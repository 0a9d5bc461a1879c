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
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["test/setup.ts"],
    restoreMocks: true,
    // Finding by role is slow in jsdom, and two cores are shared with the Rust builds.
    testTimeout: 60_000,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
