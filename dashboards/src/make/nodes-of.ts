/**
 * Makes the query for the nodes of a graph from that for its edges, so that no edge leads nowhere. An edge's ends are `<kind>:<name>`,
 * and it has `acts`. The colours tell people, templates, instances and resources apart.
 */
export function nodesOf(edges: string): string {
  return `SELECT id, substring(id, position(id, ':') + 1) AS title, substring(id, 1, position(id, ':') - 1) AS subtitle, sum(acts) AS mainstat,
      transform(substring(id, 1, position(id, ':') - 1), ['person', 'template', 'instance', 'resource'], ['blue', 'green', 'orange', 'purple'], 'gray') AS color
    FROM (SELECT arrayJoin([source, target]) AS id, acts FROM (${edges})) GROUP BY id ORDER BY id LIMIT 800`
}
