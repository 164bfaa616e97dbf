// Who looks at the pages, and what the policy lets them see. Pages ask so as not to offer what would
// be refused; the server decides.
import { get } from './api.js';
import { getToken } from './store.js';

let asked = null;
// Whoever is not known yet.
let viewer = makeViewer({ principal: '', grants: [] });

const lies = (code, own) => own === code || code.startsWith(`${own}.`);

export function makeViewer({ principal, grants }) {
  const ofAll = ({ cooperatives, regions }) => !cooperatives.length && !regions.length;
  const roles = (...names) => grants.filter(({ role }) => names.includes(role));
  const readsLog = roles('auditor', 'operator').some(ofAll);
  const readsAll = readsLog || roles('poster', 'reader').some(ofAll);
  const named = new Map(grants.flatMap(({ regions }) => regions).map((one) => [one.region, one]));
  const codes = [...named.keys()];
  return {
    principal,
    readsAll,
    readsLog,
    // Those that it may read and that lie in none of the others, in the order of codes.
    regions: codes
      .filter((code) => !codes.some((other) => other !== code && lies(code, other)))
      .sort()
      .map((code) => named.get(code)),
    // Numbers that it may read one by one.
    cooperatives: roles('poster', 'reader', 'operator').flatMap(({ cooperatives }) => cooperatives),
    mayOpen: (code) => readsAll || codes.some((own) => lies(code, own)),
    // Whether it may say something of a cooperative, or with '0' of the ledger as a whole.
    mayAttest: (cooperative) =>
      roles('operator').some(
        (grant) =>
          ofAll(grant) ||
          grant.cooperatives.some(
            ({ first, last }) =>
              BigInt(first) <= BigInt(cooperative) && BigInt(cooperative) <= BigInt(last),
          ),
      ),
  };
}

// Asks once for each token; throws the problem.
export async function learnViewer() {
  const token = getToken();
  if (asked?.token !== token) asked = { token, answer: get('/v1/me') };
  const mine = asked;
  try {
    viewer = makeViewer(await mine.answer);
  } catch (error) {
    if (asked === mine) asked = null;
    throw error;
  }
}

export const getViewer = () => viewer;
