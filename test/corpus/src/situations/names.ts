import { humanAct } from '../lone-act.ts'
import { onBehalfOf } from '../run-options.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Situation } from '../situation.ts'

/** An agent acts on it under one name, a person afterwards under another; either name asks for both. */
function underTwoNames(scene: Scene, name: string, other: string): void {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()) })
  run.prompt('Update it')
  const agent = run.call({ resource: name, said: name })
  const human = humanAct(scene, { who: scene.human(), resource: other, said: other, atMs: 30_000 })
  for (const asked of [name, other]) {
    scene.askFor(agent, `resource:${asked}`)
    scene.askFor(human, `resource:${asked}`)
  }
}

/** One thing under a URL and a canonical name. */
const twoNames: Situation = {
  name: 'two-names-one-artefact',
  title: 'the same artefact under a URL and a canonical name',
  variations: [
    (scene) => {
      const number = 2_000 + scene.chance.int(90_000)
      underTwoNames(
        scene,
        `github:pull:acme/app/${number}`,
        `https://github.com/acme/app/pull/${number}`,
      )
    },
    (scene) => {
      const number = 2_000 + scene.chance.int(90_000)
      underTwoNames(
        scene,
        `https://github.com/Acme/App/pull/${number}/files`,
        `github:pull:acme/app/${number}`,
      )
    },
    (scene) => {
      const sha = scene.chance.hex(40)
      underTwoNames(
        scene,
        `github:commit:acme/app/${sha}`,
        `https://github.com/acme/app/commit/${sha}`,
      )
    },
    (scene) => {
      const number = 2_000 + scene.chance.int(90_000)
      underTwoNames(
        scene,
        `https://www.github.com/acme/app/issues/${number}#issuecomment-7`,
        `github:issue:Acme/app/${number}`,
      )
    },
    (scene) => {
      const page = `https://wiki.acme.example/runbooks/${scene.chance.hex(8)}`
      underTwoNames(scene, `${page}/`, `${page}#steps`)
    },
    (scene) => {
      const page = `/runbooks/${scene.chance.hex(8)}`
      underTwoNames(
        scene,
        `HTTPS://WIKI.acme.example:443${page}`,
        `https://wiki.acme.example${page}`,
      )
    },
    (scene) => {
      // One letter in its two Unicode forms.
      const file = `file:/srv/app/caf\u00e9-${scene.chance.hex(8)}.md`
      underTwoNames(scene, file, file.replace('\u00e9', 'e\u0301'))
    },
    (scene) => {
      const page = `https://wiki.acme.example/${scene.chance.hex(8)}/caf`
      underTwoNames(scene, `${page}%C3%A9`, `${page}\u00e9`)
    },
  ],
}

/** Things that go by several names. */
export const nameSituations: readonly Situation[] = [twoNames]
