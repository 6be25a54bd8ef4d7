// node --import=./test/support/compile.mjs FILE.ts: runs a TypeScript file together with all of ours that it imports.
// tsx could do it as well (`npm run dev` does), but it is asked for each of some 250 files by way of another thread: a test of
// the domain began after 3.5 seconds of processor time, and after 0.9 with this.
import { register } from 'node:module'

register('./compile-hooks.mjs', import.meta.url)
process.setSourceMapsEnabled(true)
