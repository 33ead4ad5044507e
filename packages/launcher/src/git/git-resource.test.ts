import { expect, it } from 'vitest'
import { gitResource, repositoryOf } from './git-resource.ts'

it.each([
  ['git@github.com:Acme/App.git', 'github:commit:acme/app/abc'],
  ['https://ada:secret@github.com/Acme/App', 'github:commit:acme/app/abc'],
  ['ssh://git@ssh.github.com:443/Acme/App.git/', 'github:commit:acme/app/abc'],
  ['https://git.acme.example/team/app.git', 'git:commit:git.acme.example/team/app/abc'],
  ['git@gitlab.com:group/sub/app.git', 'git:commit:gitlab.com/group/sub/app/abc'],
  ['/srv/git/app.git', 'git:commit:/srv/git/app/abc'],
  ['file:///srv/git/app', 'git:commit:/srv/git/app/abc'],
])('%s names %s', (url, id) => {
  const repository = repositoryOf(url)
  expect(repository && gitResource(repository, 'commit', 'abc').id).toBe(id)
})

it.each(['', 'nonsense', 'x'.repeat(10_000), 'https://github.com'])(
  '%j names no repository',
  (url) => {
    expect(repositoryOf(url)).toBeUndefined()
  },
)
