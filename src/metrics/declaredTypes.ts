/** Types and helps of families as expositions declare them in their comments. */
import { canonicalName } from '../exposition/canonicalName';

/** What comments say of one family. */
export interface Declaration {
  /** As written: `gauge`, `counter`, `histogram`, … Undefined without a comment. */
  type?: string;
  /** For people; untrusted text. */
  help?: string;
}

/** More families than any exporter has; a body that invents more is declared in part. */
const maxDeclared = 4_000;
const maxHelpLength = 500;

/** `# TYPE name type` or `# HELP name text`; a name with unusual characters is in quotes. */
const comment = /^\s*#\s+(TYPE|HELP)\s+("(?:[^"\\]|\\.)*"|\S+)(?:\s+(.*?))?\s*$/s;

const escapes: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };
const unescape = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, character: string) => escapes[character] ?? whole);

/** Declarations by the family's name as exposed, of families of vLLM and Dynamo. The newest one counts. */
export class DeclaredTypes {
  private readonly byName = new Map<string, Declaration>();

  /** Reads one comment of an exposition. */
  noteComment(line: string): void {
    const [, keyword, written = '', text = ''] = comment.exec(line) ?? [];
    if (keyword === undefined) return;
    const name = written.startsWith('"') ? unescape(written.slice(1, -1)) : written;
    if (canonicalName(name) === undefined || (this.byName.size >= maxDeclared && !this.byName.has(name))) return;
    const declaration = this.byName.get(name) ?? {};
    if (keyword === 'TYPE') declaration.type = text.toLowerCase();
    else declaration.help = unescape(text).slice(0, maxHelpLength);
    this.byName.set(name, declaration);
  }

  /** The declaration of a family or sample by its name as exposed. */
  get(name: string): Declaration | undefined {
    return this.byName.get(name);
  }
}
