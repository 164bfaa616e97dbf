// Questions to the server that these pages came from, and the problems it answers with.
import { getToken } from './store.js';

// status 0: the server did not answer.
export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail || code);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export function headers(accept) {
  const token = getToken();
  return { Accept: accept, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
}

async function problemOf(response) {
  try {
    const problem = await response.json();
    return new Problem(response.status, problem.code || '', problem.detail || problem.title || '');
  } catch {
    return new Problem(response.status, '', response.statusText);
  }
}

// path?name=value&...: what is empty is left out.
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '' && value !== null && value !== undefined && value !== 0) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function ask(target, options) {
  let response;
  try {
    response = await fetch(target, { cache: 'no-store', credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'UNREACHABLE', '');
  }
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

// The answer as JSON; throws a Problem.
export const get = (path, parameters, signal) =>
  ask(address(path, parameters), { headers: headers('application/json'), signal });

export const post = (path, body) =>
  ask(path, {
    method: 'POST',
    headers: { ...headers('application/json'), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

// The same, but null where there is nothing, or the viewer may not see it, or it is not served.
export async function getIfAny(path, parameters, signal) {
  try {
    return await get(path, parameters, signal);
  } catch (error) {
    if (error instanceof Problem && [403, 404].includes(error.status)) return null;
    throw error;
  }
}

// Path of a subject's figures: of a region, a cooperative, or an outlet.
export function pathOf(subject) {
  if (subject.region) return `/v1/regions/${encodeURIComponent(subject.region)}`;
  const cooperative = `/v1/cooperatives/${encodeURIComponent(subject.cooperative)}`;
  return subject.outlet === undefined
    ? cooperative
    : `${cooperative}/outlets/${encodeURIComponent(subject.outlet)}`;
}

// Whether the server keeps that projection: asked before what it would answer 404 to.
export async function serves(name, signal) {
  const answer = await getIfAny('/v1/projections', {}, signal);
  return Boolean(answer?.projections.some((projection) => projection.name === name));
}
