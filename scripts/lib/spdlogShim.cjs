/**
 * Takes the place of `@vscode/spdlog` in the VS Code server: the same interface without native code.
 * Without it the server writes no logs, and every log channel of an extension stays empty.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = /** @type {const} */ (['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off']);

class Logger {
  level = levels.indexOf('info');
  /** VS Code sets no other pattern; raw output channels have none. */
  raw = false;

  /** @param {string} _type @param {string} _name @param {string} file */
  constructor(_type, _name, file) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.write('');
  }

  /** @param {string} text */
  write(text) {
    try {
      appendFileSync(this.file, text);
    } catch {
      // A log that cannot be written must not stop VS Code.
    }
  }

  /** @param {typeof levels[number]} level @param {string} message */
  log(level, message) {
    if (levels.indexOf(level) < this.level) return;
    const now = new Date();
    const time = new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
      .toISOString()
      .slice(0, -1)
      .replace('T', ' ');
    this.write(this.raw ? message : `${time} [${level}] ${message}\n`);
  }

  /** @param {string} message */ trace(message) {
    this.log('trace', message);
  }
  /** @param {string} message */ debug(message) {
    this.log('debug', message);
  }
  /** @param {string} message */ info(message) {
    this.log('info', message);
  }
  /** @param {string} message */ warn(message) {
    this.log('warning', message);
  }
  /** @param {string} message */ error(message) {
    this.log('error', message);
  }
  /** @param {string} message */ critical(message) {
    this.log('critical', message);
  }
  getLevel() {
    return this.level;
  }
  /** @param {number} level */ setLevel(level) {
    this.level = level;
  }
  setPattern() {
    this.raw = false;
  }
  clearFormatters() {
    this.raw = true;
  }
  flush() {
    /* Every line is written at once. */
  }
  drop() {
    /* No file is held open. */
  }
}

/** @param {string} name @param {string} file */
async function createLogger(name, file) {
  return new Logger('rotating', name, file);
}

// One by one: VS Code imports them by name, and Node finds names in this form only.
exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
