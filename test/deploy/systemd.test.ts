import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../tidy/source.ts'
import { deployFile, productVariables } from './deploy-files.ts'

const unitPath = join(root, 'deploy/systemd/whodid.service')
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
/** Of 10: what `systemd-analyze security` leaves open. Below 2 only what Whodid needs is. */
const exposureMax = 2

describe('the systemd unit', () => {
  const lines = deployFile('systemd/whodid.service').split('\n')

  it('starts the service as a user without rights, in its own directory', () => {
    for (const line of [
      'User=whodid',
      'Group=whodid',
      'ExecStart=/usr/bin/node /opt/whodid/packages/cli/dist/main.js serve --json',
      'Environment=WHODID_DATA_DIR=/var/lib/whodid',
      'StateDirectory=whodid',
      'StateDirectoryMode=0700',
      'UMask=0077',
    ])
      expect(lines).toContain(line)
    expect(deployFile('systemd/whodid.sysusers.conf')).toMatch(/^u whodid /mu)
    const set = lines.flatMap((line) => /^Environment=(\w+)=/u.exec(line)?.[1] ?? [])
    expect(set.filter((name) => name !== 'NODE_ENV' && !productVariables.has(name))).toEqual([])
  })

  it('stops Whodid before its ClickHouse, and waits for it to drain', () => {
    expect(lines).toContain('KillSignal=SIGTERM')
    // By default systemd signals all processes of the unit at once, and what is on its way could not be stored any more.
    expect(lines).toContain('KillMode=mixed')
    expect(lines).toContain('TimeoutStopSec=60')
  })

  it('takes away what Whodid does not need', () => {
    for (const line of [
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'PrivateDevices=yes',
      'ProtectKernelModules=yes',
      'ProtectKernelTunables=yes',
      'RestrictNamespaces=yes',
      'RestrictSUIDSGID=yes',
      'SystemCallFilter=@system-service',
    ])
      expect(lines).toContain(line)
    expect(lines.some((line) => line.startsWith('MemoryDenyWriteExecute='))).toBe(false)
  })

  it.skipIf(!hasSystemd)('is open by less than 2 of 10, where systemd-analyze is there', () => {
    const args = ['security', '--offline=true', '--no-pager', unitPath]
    const { stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
    const exposure = /Overall exposure level for whodid\.service: ([\d.]+)/u.exec(stdout)?.[1]
    expect(Number(exposure), stderr).toBeLessThan(exposureMax)
  })
})
