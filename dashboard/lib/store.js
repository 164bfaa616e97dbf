// What the browser keeps: choices for ever, the token for as long as the tab is open. A browser that
// keeps nothing is no reason to fail.

function read(storage, key) {
  try {
    return storage().getItem(`lumbung.${key}`) || '';
  } catch {
    return '';
  }
}

function write(storage, key, value) {
  try {
    if (value) storage().setItem(`lumbung.${key}`, value);
    else storage().removeItem(`lumbung.${key}`);
  } catch {
    // It holds for this page only.
  }
}

const choices = () => window.localStorage;
const session = () => window.sessionStorage;
let token = read(session, 'token');

export const getChoice = (key) => read(choices, key);
export const setChoice = (key, value) => write(choices, key, value);
export const getToken = () => token;
export function setToken(value) {
  token = value;
  write(session, 'token', value);
}
