#!/usr/bin/env node
// Runs the doorkey of this platform in place of itself, as far as this version of Node.js can.
"use strict";

const { spawn } = require("child_process");
const { existsSync, readdirSync } = require("fs");
const { constants } = require("os");
const { join } = require("path");

const platform = `${process.platform}-${process.arch}`;
const program = join(__dirname, platform, process.platform === "win32" ? "doorkey.exe" : "doorkey");

if (!existsSync(program)) {
  const there = readdirSync(__dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  console.error(
    `doorkey: this package has no program for ${platform}, only for ${there.map((entry) => entry.name).join(", ")}. ` +
      "With Rust, cargo install doorkey builds one.",
  );
  process.exit(3);
}

const run = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// The terminal sends these to doorkey, too; it decides what they mean.
for (const signal of ["SIGINT", "SIGQUIT"]) {
  process.on(signal, () => {});
}
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => run.kill(signal));
}
run.on("error", (error) => {
  console.error(`doorkey: ${program} can't be run: ${error.message}`);
  process.exit(3);
});
run.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
