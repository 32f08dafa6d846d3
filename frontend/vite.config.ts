import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.THIMBLE_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, proxy: { "/api": { target: api, changeOrigin: false } } },
  build: {
    target: "es2023",
    // Data URLs would need a wider Content-Security-Policy than 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in some setups; every browser that runs ES2023 preloads modules itself.
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    restoreMocks: true,
    // A busy machine draws a large table slowly; a test that hangs still ends.
    testTimeout: 60_000,
  },
});
