// Addresses of pages: #/region/32.04?measure=turnover. Each can be shared.

const routes = [
  [/^$/, 'nation', []],
  [/^region\/([^/]+)$/, 'region', ['region']],
  [/^compare$/, 'compare', []],
  [/^cooperative\/(\d+)$/, 'cooperative', ['cooperative']],
  [/^cooperative\/(\d+)\/outlet\/(\d+)$/, 'outlet', ['cooperative', 'outlet']],
  [/^cooperative\/(\d+)\/loan\/(\d+)$/, 'loan', ['cooperative', 'loan']],
  [/^cooperative\/(\d+)\/code\/(\d+)$/, 'accounts', ['cooperative', 'code']],
  [/^account\/([0-9]+:[0-9]+:[0-9]+(?::[A-Z]{3})?)$/, 'account', ['account']],
  [/^transaction\/([^/]+)$/, 'transaction', ['id']],
  [/^event\/(\d+)\/(\d+)$/, 'event', ['shard', 'sequence']],
  [/^findings$/, 'findings', []],
  [/^finding\/([^/]+)$/, 'finding', ['id']],
  [/^system$/, 'system', []],
  [/^search$/, 'search', []],
];

// {name, places, query} of an address; name 'missing' where there is no such page.
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#?\/?/, '').split('?');
  const query = Object.fromEntries(new URLSearchParams(search));
  let plain = path;
  try {
    plain = decodeURIComponent(path);
  } catch {
    // What is no text is no page.
  }
  for (const [pattern, name, keys] of routes) {
    const match = plain.match(pattern);
    if (match) {
      return { name, path, query, places: Object.fromEntries(keys.map((key, i) => [key, match[i + 1]])) };
    }
  }
  return { name: 'missing', path, query, places: {} };
}

export function link(path, query = {}) {
  const kept = Object.entries(query).filter(
    ([, value]) => value !== '' && value !== null && value !== undefined && value !== 0,
  );
  const text = new URLSearchParams(kept).toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

// The same page with some of its choices changed.
export function changed(route, changes) {
  return link(route.path, { ...route.query, ...changes });
}

export const go = (hash) => {
  window.location.hash = hash.replace(/^#/, '');
};
