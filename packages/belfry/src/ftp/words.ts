import { LOCAL_WORDS, SETTING_WORDS } from "./words/settings.js";
import { helpWord } from "./words/help.js";
import { REMOTE_WORDS } from "./words/remote.js";
import { SESSION_WORDS } from "./words/session.js";
import { TRANSFER_WORDS } from "./words/transfers.js";
import type { Word } from "./words/word.js";

/** Every command of the client, in the order in which help lists them. */
export const WORDS: readonly Word[] = [
  ...SESSION_WORDS,
  helpWord(() => WORDS),
  ...REMOTE_WORDS,
  ...LOCAL_WORDS,
  ...TRANSFER_WORDS,
  ...SETTING_WORDS,
];
