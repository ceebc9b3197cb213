// Shows openapi.json as a page. Everything is written as text, never as HTML.

const MAX_DEPTH = 4; // deeper than this an example is harder to read than the schema

function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function schemaOf(schema, api) {
  const reference = schema?.$ref;
  return reference ? api.components.schemas[reference.split('/').pop()] : schema;
}

/** An example of what a schema describes, its descriptions in place of values where there are any. */
function sketch(schema, api, depth = 0) {
  const found = schemaOf(schema, api) ?? {};
  if (depth > MAX_DEPTH) return '…';
  if ('const' in found) return found.const;
  if (found.enum) return found.enum.join(' | ');
  const choices = found.anyOf ?? found.oneOf;
  if (choices) return choices.map((choice) => sketch(choice, api, depth + 1)).find((one) => one !== null) ?? null;
  if (found.type === 'array') return [sketch(found.items, api, depth + 1)];
  if (found.properties) {
    const fields = Object.entries(found.properties);
    return Object.fromEntries(fields.map(([name, field]) => [name, sketch(field, api, depth + 1)]));
  }
  if (found.type === 'null') return null;
  return found.format ?? found.type ?? 'anything';
}

function section(title, schema, api) {
  const part = document.createDocumentFragment();
  part.append(element('h3', title), element('pre', JSON.stringify(sketch(schema, api), null, 2)));
  return part;
}

function parameters(operation) {
  const list = element('dl');
  for (const parameter of operation.parameters) {
    list.append(element('dt', `${parameter.name} (${parameter.in})`));
    list.append(element('dd', parameter.description || (parameter.required ? 'Required.' : 'Optional.')));
  }
  return list;
}

function answers(operation) {
  const list = element('dl');
  for (const [status, answer] of Object.entries(operation.responses)) {
    list.append(element('dt', status), element('dd', answer.description));
  }
  return list;
}

function route(path, method, operation, api) {
  const box = element('details');
  box.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  const title = element('summary');
  title.append(element('span', method.toUpperCase(), 'method'), element('code', path));
  const who = operation.security.map((one) => Object.keys(one)[0]).join(' or ') || 'anybody';
  box.append(title, element('p', operation.summary), element('p', `For ${who}.`));
  if (operation.parameters.length) box.append(element('h3', 'Parameters'), parameters(operation));
  const body = operation.requestBody?.content['application/json']?.schema;
  if (body) box.append(section('Body', body, api));
  const given = operation.responses['200'].content['application/json']?.schema;
  if (given) box.append(section('Answer', given, api));
  box.append(element('h3', 'Statuses'), answers(operation));
  return box;
}

function show(api) {
  document.getElementById('title').textContent = `${api.info.title} API ${api.info.version}`;
  document.getElementById('about').textContent = api.info.description;
  const areas = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const area = operation.tags[0];
      if (!areas.has(area)) areas.set(area, element('section')).get(area).append(element('h2', area));
      areas.get(area).append(route(path, method, operation, api));
    }
  }
  document.getElementById('routes').append(...areas.values());
}

function filter(event) {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const area of document.querySelectorAll('section')) {
    const boxes = [...area.querySelectorAll('details')];
    for (const box of boxes) box.hidden = !words.every((word) => box.dataset.words.includes(word));
    area.hidden = boxes.every((box) => box.hidden);
  }
}

document.getElementById('filter').addEventListener('input', filter);
try {
  const response = await fetch('/api/v1/openapi.json');
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  show(await response.json());
} catch (error) {
  document.getElementById('about').textContent = `The description could not be loaded. ${error.message} Reload the page.`;
}
