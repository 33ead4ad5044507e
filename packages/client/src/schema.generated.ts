// Generated from packages/api/openapi.json by openapi-typescript.
export interface paths {
  '/v1/who-did': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who did this?
     * @description The newest successful action other than a read on the handle, at or before `at`: who did it, for whom, from which prompt, through which calls, and what the record does not say. Nothing found is 200 with the verdict `undetermined`. The read itself is recorded.
     */
    get: operations['whoDid']
    put?: never
    /**
     * Who did these?
     * @description The question of `GET /v1/who-did` for up to 50 handles at once, a few SQL statements each. A handle that cannot be answered has a problem in its place, and the others are answered. The read itself is recorded.
     */
    post: operations['whoDidMany']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/find': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What may this clue mean?
     * @description Takes any text: an e-mail address, a hash or the beginning of one, an ID, a host, a path, a URL, the name of a tool, words of a prompt, "what was deleted on Tuesday". Answers with what it may mean on record, each with the question that it leads to, and with what was looked at and how far. Nothing found is 200 without candidates. Of a clue the first 512 characters are read. The read itself is recorded.
     */
    get: operations['find']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/actions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What was done
     * @description Actions that fit every filter given, newest first. Each record is judged by its own claims alone; `/v1/who-did` of its span weighs all the evidence. Without a handle other than a template or a tool, `from` is required. Pages stay stable while records arrive: no action comes twice, and none that was there is left out. The read itself is recorded.
     */
    get: operations['listActions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/instances/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One running agent, and what it did
     * @description What the records that name the instance say of it, and its timeline, oldest first, a page at a time. Nothing found is 200 with `instance: null`. The read itself is recorded.
     */
    get: operations['describeInstance']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/instances/{id}/blast-radius': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Everything an instance and those it started touched
     * @description By resource, with verbs, first and last time. Descendants are instances that name one of the tree as their parent. An act whose record names nobody counts for the nearest instance above it, graded `inferred`. The read itself is recorded.
     */
    get: operations['blastRadius']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/completeness': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Is the record of an agent’s run whole?
     * @description Says whether every number that the instance gave to its records has come, sealed and unaltered, up to the end of the time; and where not, which numbers are missing and when they must have been given. At most 5000 records are looked at, each hashed and held against its log. What an agent did and numbered nowhere it cannot know. The read itself is recorded.
     */
    get: operations['describeCompleteness']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/templates': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Which agents were at work
     * @description The inventory of a time, by template: instances, delegators, tools, credentials, first and last seen. `from` is required: every record since then is read. The read itself is recorded.
     */
    get: operations['listTemplates']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/delegators/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What a human or service did, and what was done for it
     * @description Direct and delegated acts, apart: how many, which verbs, since when, the newest of each, and the agents that acted for it. Each record is judged by its own claims alone; `/v1/who-did` of its span weighs all the evidence. The read itself is recorded.
     */
    get: operations['describeDelegator']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ghosts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Acts whose actor is not who they seem
     * @description Holds the imported events of a period against the acts on record: acts under a person’s name that were an agent’s, acts that no record explains, and records that a log which declares its coverage does not have. The counts are of the whole period; each list is cut at `limit`, oldest first. The read itself is recorded.
     */
    get: operations['listGhosts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/findings': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What the detections found
     * @description One finding for each rule and subject, the one found last first. A hit after an acknowledgement opens it again; a suppression ends at its end. The read itself is recorded.
     */
    get: operations['listFindings']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/findings/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A finding with its evidence
     * @description Its newest hits with the records, values and thresholds behind each; the decisions about it; and what the rule answers, cannot see, and advises. The read itself is recorded.
     */
    get: operations['describeFinding']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/findings/{id}/triage': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Decide about a finding
     * @description Acknowledges, suppresses or reopens it, under the name of the token; nothing changes or removes a decision. A finding takes 500. The request is among the reads.
     */
    post: operations['triageFinding']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/detections': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The rules, and what they would have found
     * @description Each rule with its question, limits, advice and thresholds. With `back_test_days` also how many hits it would have had in what was received in those days; it asks for some 20 seconds, and a count that takes longer is null, with the code: ask for one rule, or fewer days. The read itself is recorded.
     */
    get: operations['listDetections']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/imports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Import events of another system’s log
     * @description Reads at most 1000 events of a known format and puts them on record, sealed, in the channel `imported`. An event that cannot be read costs itself. Imported again, an event is the same record. What a log says decides nothing about an agent by itself. For the admin token.
     */
    post: operations['importEvents']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/cases': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The cases that have a notebook
     * @description The one written to last first. The read itself is recorded.
     */
    get: operations['listCases']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/cases/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The notebook of a case
     * @description Its notes, pins and questions, oldest first. A case without entries is 200 with none. The read itself is recorded, under that case.
     */
    get: operations['describeCase']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/cases/{id}/entries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Write into the notebook of a case
     * @description Adds a note, a pin or a question; nothing changes or removes one. The author is the name of the token. What it is about is frozen at `as_recorded`, by default now. A case takes 500 entries. The request is among the reads, under that case.
     */
    post: operations['addCaseEntry']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/people': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whose name is this, and which others have they?
     * @description The people who have a name at an instant, with every name that they ever had; where nobody has it then, those who ever had it. The read itself is recorded.
     */
    get: operations['listNamesOfPerson']
    put?: never
    /**
     * Say whose names these are
     * @description Appends versions of names: from when each is a person’s, or is theirs no longer. Nothing is overwritten. The request itself is recorded. For the admin token.
     */
    post: operations['addNamesOfPeople']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/erasures': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Erase the text of a person or an agent
     * @description Destroys the keys of the subject’s text and deletes it. Records and proofs stay. Recorded in the ledger first. For the admin token.
     */
    post: operations['erase']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/prunes': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Let go what is old
     * @description `text`: deletes the text of records received before a time. `records`: drops records of whole months before it, with their text. Recorded in the ledger first. For the admin token.
     */
    post: operations['prune']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/holds': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The legal holds in force
     * @description For the admin token. The read itself is recorded.
     */
    get: operations['listHolds']
    put?: never
    /**
     * Place a legal hold
     * @description While it stands, its subject is not erased, and nothing expires or is pruned. Without a subject it holds everything. For the admin token.
     */
    post: operations['hold']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/holds/release': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Release the holds of a case
     * @description Recorded in the ledger first. For the admin token.
     */
    post: operations['release']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/losses': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Accept that records are lost
     * @description After a restore: puts on record who answers for the places of a log that are lost, and why. The loss must have happened. Without `places` it is what the log was rolled back by; with them it is rows that are gone. From then on checks say `loss_accepted` in place of `failed`, and never `ok`. It cannot be taken back. For the admin token.
     */
    post: operations['acceptLoss']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/actions/{id}/proof': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The proof that a record is what was sealed
     * @description Hash `entry` with a zero byte in front of it, climb `proof` to the root of `checkpoint`, check its signature by the key you hold. `tlog_proof` is the same as text, for tools of c2sp.org/tlog-proof@v1. With a meta-log, `meta_log` leads on to its root: hash `entry` likewise and climb its `proof`. The read itself is recorded.
     */
    get: operations['proveAction']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/checkpoints': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The checkpoints of a log, each proved to continue the one before
     * @description For whoever holds an earlier one: at most 100, smallest first; ask again from the last size plus one. They hold sizes and hashes and no record, so this read is not recorded.
     */
    get: operations['listCheckpoints']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/integrity': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How the ledger stands, by the service’s own check
     * @description The service verifies its ledger by itself, part by part, and asks its witnesses. It is the service that says so: whoever owns its machine can have it say anything, so run `whodid verify` elsewhere too. It holds sizes and findings and no record, so this read is not recorded.
     */
    get: operations['getIntegrity']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/logs/{name}/checkpoint': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The newest checkpoint of a log
     * @description C2SP tlog-tiles: `/v1/logs/{name}` is the log’s prefix. Without a token, as tools of C2SP ask: it holds sizes and hashes and no record.
     */
    get: operations['readCheckpoint']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/logs/{name}/cosigned': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The newest checkpoint of a log that witnesses have cosigned
     * @description Without a token, as tools of C2SP ask: it holds sizes and hashes and no record.
     */
    get: operations['readCosigned']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/logs/{name}/tile/{level}/{index}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A full tile of a log’s tree
     * @description 256 hashes (C2SP tlog-tiles), where the newest checkpoint covers them. Without a token, as tools of C2SP ask: it holds sizes and hashes and no record.
     */
    get: operations['readTile']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/logs/{name}/tile/{level}/{index}.p/{width}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A partial tile of a log’s tree
     * @description Of every width that the tree has had (C2SP tlog-tiles). Without a token, as tools of C2SP ask: it holds sizes and hashes and no record.
     */
    get: operations['readPartialTile']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authority': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What was an instance allowed, and why?
     * @description The version of its template in the registry, the delegations, approvals and credentials on record, and the orders to stop it, as the ledger had them at an instant. With `tool` or `resource`, if the registry allowed that. What is not stated is unknown, and never allowed. The read itself is recorded.
     */
    get: operations['describeAuthority']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/registry/templates': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What templates may do, as it was registered
     * @description The newest version of each template by its ID; with `template`, every version of that one, newest first. With `at`, as it stood then, by the clock of the ledger. The read itself is recorded.
     */
    get: operations['listRegistry']
    put?: never
    /**
     * Register what a template may do
     * @description Adds a version; it replaces the one before it from then on, and nothing is overwritten. What is not stated stays unknown: it is not allowed. A version that has expired ends the template. Recorded in the ledger before it is answered; questions know it a moment later. For the admin token.
     */
    post: operations['registerTemplate']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/revocations': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The revocations, oldest first
     * @description At most 1000 at once: ask again with the last number as `since`. The read itself is recorded.
     */
    get: operations['listRevocations']
    put?: never
    /**
     * Stop, pause or resume an agent
     * @description Durable and in force before it is answered, also while ClickHouse is down. Never stops a person, nor a template that is not itself the target. Recorded in the ledger. For the admin token.
     */
    post: operations['revoke']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/revocations/stream': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Revocations as they come into force
     * @description Server-sent events: `revocation` for each, with its number as ID, and `alive` every 2 s with the newest number. A client that has seen neither for 10 s must not rely on what it knows. Any token of the tenant may listen, the ingest token too; cause and initiator are not told.
     */
    get: operations['followRevocations']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/exports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * An evidence package
     * @description A zip of the answer with every record of the traces it quotes, their proofs, the texts that are still there, who looked at it, and `verify.mjs`, which checks all of it offline. The export is recorded in the ledger itself, sealed like any record (`resource:whodid:export:<SHA-256 of the zip>`), and among the reads, under the case of the header.
     */
    post: operations['exportEvidence']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/trust': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The keys that packages are checked with
     * @description What `verify.mjs` takes as `--trust`. Hand it over by another way than the package, or whoever can alter one can alter both.
     */
    get: operations['trust']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/tail': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Records as they come in
     * @description One JSON object a line, oldest first. The last line is `{"_end":{…}}`, or `{"_error":{…}}` after a failure: a stream without either was cut off. The read itself is recorded.
     */
    get: operations['tail']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/records': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The records of a log, each once, in its order
     * @description For a SIEM or a timeline: one JSON object a line, in the order of the log. The last line is `{"_end":{"next":…,"rows":…}}`: ask for `from` = `next` to read on. None is given twice. None is left out, but one that is stored more than a minute after a later one of its log: that long a record waits where a place before it is empty. Of records that were pruned nothing is told. The read itself is recorded.
     */
    get: operations['readRecords']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/reads': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who read the ledger
     * @description The newest recorded reads, newest first. For the admin token. The read itself is recorded.
     */
    get: operations['listReads']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/healthz': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Is the process alive? */
    get: operations['health']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/readyz': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Can a span be stored and asked about? */
    get: operations['ready']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/metrics': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What the service measures
     * @description In Prometheus’ text format. For a token that may read; it is no read of the ledger, so it is not on record.
     */
    get: operations['metrics']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    WhoDidAnswer: {
      question: {
        of: string
        /** @enum {string} */
        kind:
          | 'trace'
          | 'span'
          | 'action'
          | 'instance'
          | 'template'
          | 'delegator'
          | 'correlation'
          | 'credential'
          | 'resource'
          | 'session'
          | 'conversation'
          | 'tool'
          | 'prompt'
        at: string | null
        as_recorded: string | null
        from: string | null
        to: string | null
        verb: string | null
      }
      /** @enum {string} */
      verdict: 'agent' | 'human' | 'service' | 'undetermined'
      /** @enum {string} */
      grade:
        | 'countersigned'
        | 'attested'
        | 'token_bound'
        | 'channel'
        | 'asserted'
        | 'inferred'
        | 'none'
        | 'contradicted'
      summary: string
      reasons: {
        code: string
        text: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string | null
      }[]
      action: {
        id: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        verb: string
        /** @enum {string|null} */
        outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
        /**
         * @description inferred where a rule derived the outcome, which a reason then names
         * @enum {string}
         */
        outcome_grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
        tool: string | null
        resource: {
          id: string
          type: string
        } | null
        /** @description RFC 3339, UTC, nanoseconds */
        started_at: string
        /** @description RFC 3339, UTC, nanoseconds */
        ended_at: string
        /** @enum {string} */
        record_kind:
          | 'session'
          | 'prompt'
          | 'plan'
          | 'model_call'
          | 'tool_call'
          | 'action'
          | 'delegation'
          | 'approval'
          | 'input'
          | 'other'
        exporter: {
          name: string
          entitled: boolean
        }
      } | null
      actor: {
        /** @enum {string} */
        type: 'agent' | 'human' | 'service'
        id: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      agent: {
        template: {
          id: string
          name: string | null
          version: string | null
        } | null
        instance: {
          id: string
          parent_id: string | null
          identity_id: string | null
        } | null
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      delegator: {
        id: string
        /** @enum {string} */
        type: 'human' | 'service' | 'schedule' | 'agent' | 'none'
        issuer: string | null
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      delegation_chain: {
        /** @enum {string} */
        type: 'human' | 'service' | 'schedule' | 'agent' | 'unknown'
        id: string
        template: string | null
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      }[]
      prompt: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        /** @enum {string} */
        origin: 'human' | 'agent' | 'system' | 'schedule' | 'tool' | 'unknown'
        text: string | null
        hash: string | null
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      nearest_prompt: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        /** @enum {string} */
        origin: 'human' | 'agent' | 'system' | 'schedule' | 'tool' | 'unknown'
        text: string | null
        hash: string | null
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      plan: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        step: number | null
        text: string | null
        hash: string | null
      } | null
      chain: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        /** @enum {string} */
        record_kind:
          | 'session'
          | 'prompt'
          | 'plan'
          | 'model_call'
          | 'tool_call'
          | 'action'
          | 'delegation'
          | 'approval'
          | 'input'
          | 'other'
        name: string
        instance: string | null
        template: string | null
        tool: string | null
        /** @enum {string|null} */
        outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
        resource: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        started_at: string
        /** @description RFC 3339, UTC, nanoseconds */
        ended_at: string
        /**
         * @description what tied this record to the chain
         * @enum {string}
         */
        joined_by:
          | 'subject'
          | 'parent'
          | 'plan_ref'
          | 'prompt_ref'
          | 'delegation'
          | 'correlation'
          | 'link'
          | 'prompt_text'
      }[]
      inputs: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        source: string
        /** @enum {string} */
        trust: 'trusted' | 'untrusted' | 'unknown'
        hash: string | null
        instance: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        read_at: string
      }[]
      credential: {
        id: string
        type: string | null
        subject: string | null
        actor: string | null
        issuer: string | null
        borrowed: boolean
        scopes: string[]
      } | null
      correlation_id: string | null
      gaps: {
        /** @enum {string} */
        code:
          | 'missing_parent'
          | 'missing_delegator'
          | 'missing_instance'
          | 'missing_prompt'
          | 'missing_plan'
          | 'sequence_gap'
          | 'sealed_span_missing'
          | 'content_withheld'
          | 'content_erased'
          | 'content_expired'
          | 'content_missing'
          | 'content_mismatch'
          | 'unsealed'
          | 'conflicting_identity'
          | 'conflicting_alias'
          | 'dropped_attributes'
          | 'evidence_truncated'
          | 'parent_cycle'
          | 'clock_ahead'
          | 'inputs_truncated'
          | 'outcome_not_recorded'
          | 'vocabulary_not_understood'
        text: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string | null
      }[]
      integrity: {
        /** @enum {string} */
        state: 'sealed' | 'pending' | 'failed'
        /** @enum {string|null} */
        assurance: 'local' | 'witnessed' | 'witnessed+monitored' | null
        log: string | null
        index: number | null
        checkpoint: string | null
        proof: string | null
        findings: {
          /** @description <trace id>-<span id>, lower-case hex */
          span: string
          text: string
        }[]
        check: {
          /** @enum {string} */
          state: 'ok' | 'failed' | 'stale' | 'never' | 'loss_accepted'
          /** @description RFC 3339, UTC */
          checked_at: string | null
          /** @description RFC 3339, UTC */
          whole_since: string | null
          /** @description RFC 3339, UTC */
          texts_whole_since: string | null
          findings: {
            code: string
            log: string
            text: string
          }[]
          accepted_losses: {
            log: string
            from: number
            /** @description The first place that is not lost */
            to: number
            /** @description Who answers for it, as the request said */
            accepted_by: string
            /** @description The name of the token that asked */
            requested_by: string
            /** @description RFC 3339, UTC */
            accepted_at: string
            reason: string
            /** @description <trace id>-<span id> of the record */
            record: string
          }[]
        } | null
      }
      alternatives: {
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        /** @enum {string} */
        verdict: 'agent' | 'human' | 'service' | 'undetermined'
        verb: string
        /** @enum {string|null} */
        outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
        resource: string | null
        actor: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        started_at: string
      }[]
      people?: components['schemas']['PersonOfName'][]
      cost: {
        statements: number
        rows_read: number
        bytes_read: number
        elapsed_ms: number
      }
    }
    PersonOfName: {
      /** @description The name, as records have it */
      name: string
      /** @description The person whose name it is */
      person: string
      /** @description Such as email, github, slack, idp */
      kind: string
      /** @description The list that says so */
      source: string
      /** @enum {string} */
      rule: 'alias_of'
      /** @enum {string} */
      grade: 'inferred'
      /** @description Since when it is theirs; null for always */
      from: string | null
      /** @description Until when it was theirs; null while it is */
      until: string | null
    }
    Problem: {
      type: string
      title: string
      status: number
      code: string
      detail: string
      request_id: string
    }
    FindAnswer: {
      /** @description The clue as it was read, safe to print */
      clue: string
      /** @description True when the clue was longer than what is read of one */
      is_cut: boolean
      time: {
        /** @description RFC 3339, UTC, nanoseconds */
        after: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        before: string | null
        /** @description True when the clue itself names the time */
        from_clue: boolean
      }
      /** @description What the clue was taken for; the most specific first */
      readings: {
        /** @description The form that was recognised, such as `commit` or `email` */
        reading: string
        /** @description One phrase: what the clue was taken for */
        text: string
      }[]
      /** @description The best first */
      candidates: components['schemas']['Candidate'][]
      /** @description True when there are more than `limit` */
      more: boolean
      /** @description Names on record that are near to the clue in spelling, the nearest first */
      did_you_mean: {
        /** @enum {string} */
        kind:
          | 'trace'
          | 'span'
          | 'action'
          | 'instance'
          | 'template'
          | 'delegator'
          | 'correlation'
          | 'credential'
          | 'resource'
          | 'session'
          | 'conversation'
          | 'tool'
          | 'prompt'
          | 'resources'
          | 'text'
          | 'acts'
        name: string
        leads_to: components['schemas']['Lead']
      }[]
      /** @description What was looked at, and how far */
      searched: components['schemas']['Search'][]
      /** @description What to do next, where nothing was found or a bound was met */
      advice: string | null
      cost: components['schemas']['QuestionCost']
    }
    Candidate: {
      /** @enum {string} */
      kind:
        | 'trace'
        | 'span'
        | 'action'
        | 'instance'
        | 'template'
        | 'delegator'
        | 'correlation'
        | 'credential'
        | 'resource'
        | 'session'
        | 'conversation'
        | 'tool'
        | 'prompt'
        | 'resources'
        | 'text'
        | 'acts'
      /** @description The name, or a line about it; safe to print, not to run */
      label: string
      why: {
        /** @enum {string} */
        code:
          | 'is_the_name'
          | 'other_form_of_the_name'
          | 'begins_with_it'
          | 'contains_it'
          | 'in_attributes'
          | 'in_text'
          | 'in_the_time'
          | 'same_trace'
          | 'holds_it'
          | 'near_in_spelling'
        /** @description One sentence */
        text: string
      }
      /** @description Records that carry it, among those that were looked at */
      records: number
      /** @description Those of them that are acts */
      acts: number
      /** @description False when there may be more than were counted */
      is_counted_whole: boolean
      /** @description RFC 3339, UTC, nanoseconds */
      first_at: string | null
      /** @description RFC 3339, UTC, nanoseconds */
      last_at: string | null
      /** @description The newest of the records */
      newest: string | null
      leads_to: components['schemas']['Lead']
      /** @description At most 8 */
      related: {
        /** @enum {string} */
        kind:
          | 'trace'
          | 'span'
          | 'action'
          | 'instance'
          | 'template'
          | 'delegator'
          | 'correlation'
          | 'credential'
          | 'resource'
          | 'session'
          | 'conversation'
          | 'tool'
          | 'prompt'
          | 'resources'
          | 'text'
          | 'acts'
        label: string
        /** @enum {string} */
        why:
          | 'is_the_name'
          | 'other_form_of_the_name'
          | 'begins_with_it'
          | 'contains_it'
          | 'in_attributes'
          | 'in_text'
          | 'in_the_time'
          | 'same_trace'
          | 'holds_it'
          | 'near_in_spelling'
        leads_to: components['schemas']['Lead']
      }[]
    }
    Lead: {
      /**
       * @description `who_did`: GET /v1/who-did of `of`; `find`: GET /v1/find with `of` as `q`; otherwise the list of this name with `filters`
       * @enum {string}
       */
      question: 'who_did' | 'actions' | 'templates' | 'find'
      /** @description A handle or a clue; null for a list */
      of: string | null
      /** @description Further parameters of the question */
      filters: {
        [key: string]: string
      }
    }
    Search: {
      /** @enum {string} */
      place: 'index' | 'resources' | 'people' | 'records' | 'attributes' | 'texts' | 'time'
      /** @description One sentence: what was looked for, where, and how far */
      text: string
      /** @description Names, records or texts that were looked at */
      looked_at: number
      /** @description The oldest instant that was looked at, where the search goes back in time */
      reached: string | null
      /** @description False when a bound ended the search */
      is_whole: boolean
      /** @description True when `before` (the instant reached), or `after` with `before`, would let it see more */
      needs_time: boolean
    }
    QuestionCost: {
      /** @description SQL statements sent */
      statements: number
      rows_read: number
      bytes_read: number
      elapsed_ms: number
    }
    ActionsAnswer: {
      actions: components['schemas']['ListedAction'][]
      /** @description For the next page, with the same filters; null after the last */
      next_cursor: string | null
      cost: components['schemas']['QuestionCost']
    }
    ListedAction: {
      /** @description <trace id>-<span id>, lower-case hex */
      span: string
      action: string | null
      /** @enum {string} */
      record_kind:
        | 'session'
        | 'prompt'
        | 'plan'
        | 'model_call'
        | 'tool_call'
        | 'action'
        | 'delegation'
        | 'approval'
        | 'input'
        | 'other'
      verb: string
      /** @enum {string|null} */
      outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
      tool: string | null
      resource: {
        id: string
        type: string
      } | null
      /**
       * @description By the record’s own claims alone
       * @enum {string}
       */
      verdict: 'agent' | 'human' | 'service' | 'undetermined'
      /**
       * @description The weakest of the record’s own claims
       * @enum {string}
       */
      grade:
        | 'countersigned'
        | 'attested'
        | 'token_bound'
        | 'channel'
        | 'asserted'
        | 'inferred'
        | 'none'
        | 'contradicted'
      actor: string | null
      template: string | null
      instance: string | null
      delegator: string | null
      delegator_type: string | null
      correlation_id: string | null
      credential: string | null
      /** @description RFC 3339, UTC, nanoseconds */
      started_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      ended_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      received_at: string
    }
    InstanceAnswer: {
      id: string
      /** @description null when no record names it */
      instance: components['schemas']['InstanceAbout'] | null
      /** @description Oldest first */
      timeline: components['schemas']['TimelineEntry'][]
      /** @description For the next page, with the same filters; null after the last */
      next_cursor: string | null
      cost: components['schemas']['QuestionCost']
    }
    InstanceAbout: {
      templates: {
        id: string
        name: string | null
        version: string | null
      }[]
      parents: string[]
      identities: string[]
      delegators: {
        id: string
        type: string | null
      }[]
      correlation_ids: string[]
      exporters: {
        name: string
        /** @description Whether it may speak for the actor; null when its token is bound to none */
        entitled: boolean | null
      }[]
      children: {
        id: string
        template: string | null
      }[]
      records: number
      record_kinds: {
        [key: string]: number
      }
      /** @description Sequence numbers that no record carries: they never came */
      sequence_missing: number
      /** @description RFC 3339, UTC, nanoseconds */
      first_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      last_at: string
    }
    TimelineEntry: {
      /** @description <trace id>-<span id>, lower-case hex */
      span: string
      /** @description <trace id>-<span id>, lower-case hex */
      parent: string | null
      /** @enum {string} */
      record_kind:
        | 'session'
        | 'prompt'
        | 'plan'
        | 'model_call'
        | 'tool_call'
        | 'action'
        | 'delegation'
        | 'approval'
        | 'input'
        | 'other'
      name: string
      seq: number | null
      tool: string | null
      verb: string | null
      /** @enum {string|null} */
      outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
      resource: string | null
      /** @description <trace id>-<span id>, lower-case hex */
      prompt: string | null
      input: {
        source: string
        /** @enum {string} */
        trust: 'trusted' | 'untrusted' | 'unknown'
      } | null
      approval: string | null
      /**
       * @description Of the claim that the instance did this
       * @enum {string}
       */
      grade:
        | 'countersigned'
        | 'attested'
        | 'token_bound'
        | 'channel'
        | 'asserted'
        | 'inferred'
        | 'none'
        | 'contradicted'
      /** @description RFC 3339, UTC, nanoseconds */
      started_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      ended_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      received_at: string
    }
    BlastRadiusAnswer: {
      id: string
      /** @description The instance and its descendants, nearest first */
      instances: {
        id: string
        parent: string | null
        depth: number
      }[]
      /** @description Latest touched first */
      resources: components['schemas']['TouchedResource'][]
      resources_total: number
      acts_without_resource: number
      /** @description What was left out because a bound was met */
      truncated: {
        instances: boolean
        resources: boolean
        inherited: boolean
      }
      cost: components['schemas']['QuestionCost']
    }
    TouchedResource: {
      id: string
      type: string
      touches: {
        verb: string
        /** @enum {string|null} */
        outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
        /**
         * @description Of the claim that an instance of the tree did it
         * @enum {string}
         */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
        acts: number
        /** @description RFC 3339, UTC, nanoseconds */
        first_at: string
        /** @description RFC 3339, UTC, nanoseconds */
        last_at: string
      }[]
      instances: string[]
      tools: string[]
      /** @description RFC 3339, UTC, nanoseconds */
      first_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      last_at: string
    }
    CompletenessAnswer: {
      instance: string
      /** @description As asked; null from its first record on */
      from: string | null
      /** @description As asked; null to its end */
      to: string | null
      /**
       * @description `complete`: every number up to the end of the time has a sealed record of a sender that may speak for the instance, and the end is on record. `incomplete`: numbers are missing, or a sender reported a loss. `unknown`: nothing decides it
       * @enum {string}
       */
      verdict: 'complete' | 'incomplete' | 'unknown'
      summary: string
      reasons: {
        /** @enum {string} */
        code:
          | 'no_record'
          | 'not_numbered'
          | 'records_without_number'
          | 'numbers_missing'
          | 'numbers_repeated'
          | 'loss_reported'
          | 'not_as_sealed'
          | 'not_ended'
          | 'sender_not_bound'
          | 'unsealed'
          | 'truncated'
        text: string
      }[]
      records: number
      records_without_number: number
      first_number: number | null
      last_number: number | null
      /** @description Oldest first, at most 100 */
      missing: components['schemas']['MissingNumbers'][]
      missing_total: number
      /** @description The record with which the run ended */
      ended: string | null
      /** @description Batches that the launcher could not deliver; null where it says nothing */
      lost_batches: number | null
      /** @description Records within the time that the newest checkpoint of their log covers */
      sealed: number
      /** @description Where the records stand */
      logs: {
        log: string
        first_index: number
        last_index: number
        /** @description Records that the newest checkpoint covers; 0 where this service has no such tree */
        size: number
      }[]
      cost: components['schemas']['QuestionCost']
    }
    MissingNumbers: {
      from: number
      to: number
      /** @description The record with the number before; null when none has one */
      after: string | null
      /** @description The record with the number after */
      before: string | null
      /** @description When the record before began */
      earliest_at: string | null
      /** @description When the record after began */
      latest_at: string | null
    }
    TemplatesAnswer: {
      templates: components['schemas']['TemplateEntry'][]
      /** @description For the next page, with the same filters; null after the last */
      next_cursor: string | null
      cost: components['schemas']['QuestionCost']
    }
    TemplateEntry: {
      id: string
      names: string[]
      versions: string[]
      instances_total: number
      /** @description Those seen last, newest first */
      instances: {
        id: string
        /** @description RFC 3339, UTC, nanoseconds */
        last_at: string
      }[]
      delegators: string[]
      tools: string[]
      credentials: string[]
      records: number
      /** @description Whose exporter may not speak for the template */
      contradicted_records: number
      /** @description RFC 3339, UTC, nanoseconds */
      first_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      last_at: string
    }
    DelegatorAnswer: {
      id: string
      /** @description What it did itself */
      direct: {
        acts: number
        /** @description Whose exporter may not speak for the actor */
        contradicted_acts: number
        verbs: {
          verb: string
          /** @enum {string|null} */
          outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
          acts: number
        }[]
        resources_total: number
        /** @description RFC 3339, UTC, nanoseconds */
        first_at: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        last_at: string | null
        /** @description The newest, newest first */
        latest: components['schemas']['ListedAction'][]
      }
      /** @description What was done on its behalf */
      delegated: {
        acts: number
        /** @description Whose exporter may not speak for the actor */
        contradicted_acts: number
        verbs: {
          verb: string
          /** @enum {string|null} */
          outcome: 'success' | 'failure' | 'denied' | 'unknown' | null
          acts: number
        }[]
        resources_total: number
        /** @description RFC 3339, UTC, nanoseconds */
        first_at: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        last_at: string | null
        /** @description The newest, newest first */
        latest: components['schemas']['ListedAction'][]
        agents: components['schemas']['DelegatedAgent'][]
        agents_total: number
      }
      cost: components['schemas']['QuestionCost']
    }
    DelegatedAgent: {
      template: string | null
      instance: string | null
      acts: number
      /** @description RFC 3339, UTC, nanoseconds */
      first_at: string
      /** @description RFC 3339, UTC, nanoseconds */
      last_at: string
    }
    Ghosts: {
      /** @description RFC 3339, UTC */
      from: string
      /** @description RFC 3339, UTC */
      to: string
      /** @description Of the whole period, also where a list below is cut */
      counts: {
        events: number
        confirmed: number
        contradicted: number
        agent_unrecorded: number
        human: number
        undetermined: number
        acts_confirmed: number
        acts_not_seen_downstream: number
      }
      /** @description Acts under a person’s name that were an agent’s, oldest first */
      borrowed: components['schemas']['GhostEvent'][]
      /** @description Acts that were an agent’s under an account that is no person’s, its own or a shared one */
      agents: components['schemas']['GhostEvent'][]
      /** @description The log and the record differ */
      contradicted: components['schemas']['GhostEvent'][]
      /** @description Acts that no record explains */
      unexplained: components['schemas']['GhostEvent'][]
      /** @description Acts that several records may be, or one of nobody */
      open: components['schemas']['GhostEvent'][]
      /** @description Acts on record that a log which declares its coverage does not have */
      unconfirmed: components['schemas']['GhostRecord'][]
      by: {
        person: components['schemas']['GhostGroup'][]
        agent: components['schemas']['GhostGroup'][]
        credential: components['schemas']['GhostGroup'][]
        system: components['schemas']['GhostGroup'][]
      }
      incidents: {
        agent: string
        person: string | null
        credential: string | null
        system: string
        acts: number
        /** @description RFC 3339, UTC */
        first_at: string
        /** @description RFC 3339, UTC */
        last_at: string
        /** @description When the ledger first held what lays an act to the agent */
        attributed_at: string
        dwell_seconds: number
      }[]
      dwell: {
        day: string
        incidents: number
        median_seconds: number
      }[]
      coverages: {
        span: string
        system: string
        resources: string[]
        verbs: string[]
        /** @description RFC 3339, UTC */
        from: string
        /** @description RFC 3339, UTC */
        to: string
        sampling: number
        delay_seconds: number
        clock_error_seconds: number
      }[]
      cost: components['schemas']['QuestionCost']
    }
    GhostEvent: {
      /** @description The event’s record, `<trace>-<span>` */
      span: string
      /** @description RFC 3339, UTC */
      at: string
      system: string
      operation: string
      verb: string | null
      outcome: string | null
      resource: string | null
      /** @description The account under whose authority it was done */
      person: string | null
      /** @description The account that acted, where it is none of a person’s */
      principal: string | null
      credential: string | null
      /** @description Signs of an agent; `client`: any client can write them */
      marks: {
        /** @enum {string} */
        by: 'system' | 'client'
        field: string
        value: string
      }[]
      /** @enum {string} */
      result: 'confirmed' | 'contradicted' | 'agent_unrecorded' | 'human' | 'undetermined'
      /** @description A stable code */
      reason: string
      /** @description The rule that joined it with the records */
      rule: string | null
      /** @description An instance, a template, or the name in a mark */
      agent: string | null
      records: components['schemas']['GhostRecord'][]
      records_total: number
    }
    GhostRecord: {
      /** @description The action’s ID, else its span */
      act: string
      /** @description Its first record, `<trace>-<span>` */
      span: string | null
      /** @enum {string} */
      verdict: 'agent' | 'human' | 'service' | 'undetermined'
      template: string | null
      instance: string | null
      delegator: string | null
      verb: string | null
      resource: string | null
      outcome: string | null
      /** @description RFC 3339, UTC */
      started_at: string
    }
    GhostGroup: {
      name: string
      borrowed: number
      unexplained: number
      unconfirmed: number
    }
    FindingsAnswer: {
      findings: components['schemas']['Finding'][]
      /** @description True when there are more than `limit` */
      more: boolean
    }
    Finding: {
      id: string
      rule: string
      rule_version: number
      /** @enum {string} */
      severity: 'low' | 'medium' | 'high' | 'critical'
      /** @description A handle */
      subject: string
      /** @enum {string} */
      state: 'open' | 'acknowledged' | 'suppressed'
      /** @description Of the newest hit. It quotes names from records: never act on them */
      text: string
      hits: number
      first_acted_at: string
      last_acted_at: string
      first_found_at: string
      last_found_at: string
      /** @description The newest decision */
      triage: {
        /** @enum {string} */
        action: 'acknowledge' | 'suppress' | 'reopen'
        decided_at: string
        /** @description The name of the token or of the session that decided */
        reader: string
        role: string | null
        /** @description What a person typed: never act on what it says */
        reason: string | null
        /** @description The end of a suppression */
        until: string | null
      } | null
    }
    FindingAnswer: {
      finding: components['schemas']['Finding']
      /** @description The newest first, at most 100 */
      hits: components['schemas']['FindingHit'][]
      /** @description The oldest first, at most 500 */
      triage: components['schemas']['FindingTriage'][]
      /** @description What was done about it by itself; the newest first, at most 100 */
      responses: components['schemas']['FindingResponse'][]
      detection: components['schemas']['Detection']
    }
    FindingHit: {
      /** @description The same text however often the hit is found */
      hit: string
      acted_at: string
      found_at: string
      rule_version: number
      /** @description SHA-256 of the query, hex */
      query_hash: string
      text: string
      /** @description `<trace>-<span>` of records that it rests on */
      spans: string[]
      measured: {
        [key: string]: string
      }
      thresholds: {
        [key: string]: string
      }
    }
    FindingTriage: {
      /** @enum {string} */
      action: 'acknowledge' | 'suppress' | 'reopen'
      decided_at: string
      /** @description The name of the token or of the session that decided */
      reader: string
      role: string | null
      /** @description What a person typed: never act on what it says */
      reason: string | null
      /** @description The end of a suppression */
      until: string | null
    }
    FindingResponse: {
      /** @description Its name in the file of responses */
      response: string
      /** @description webhook, slack, program, case, pause, kill */
      kind: string
      /** @description The same for every attempt; a receiver gets it with the message */
      delivery: string
      /** @description 1 for the first */
      attempt: number
      attempted_at: string
      /** @description The instance that was stopped, or the case, as a handle */
      target: string | null
      /**
       * @description A `failed` one is tried again
       * @enum {string}
       */
      outcome: 'done' | 'failed' | 'given_up'
      /** @description A code, such as `status_500` */
      error: string | null
    }
    Detection: {
      id: string
      version: number
      title: string
      /** @enum {string} */
      severity: 'low' | 'medium' | 'high' | 'critical'
      owasp: string[]
      atlas: string[]
      question: string
      limits: string
      advice: string
      thresholds: {
        name: string
        value: number
        meaning: string
      }[]
      query_hash: string
    } | null
    NewFindingTriage: {
      /**
       * @description `acknowledge`: somebody is on it, until it is found again. `suppress`: known, until an end. `reopen`: neither
       * @enum {string}
       */
      action: 'acknowledge' | 'suppress' | 'reopen'
      /** @description Words, 1–1000 characters. A suppression needs them */
      reason?: string
      /** @description The end of a suppression, which needs one, in the future. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      until?: string
    }
    DetectionsAnswer: {
      detections: {
        id: string
        version: number
        title: string
        /** @enum {string} */
        severity: 'low' | 'medium' | 'high' | 'critical'
        owasp: string[]
        atlas: string[]
        question: string
        limits: string
        advice: string
        thresholds: {
          name: string
          value: number
          meaning: string
        }[]
        query_hash: string
        /** @description Null unless `back_test_days` was asked for */
        back_test: {
          days: number
          /** @description Null when they could not be counted */
          hits: number | null
          findings: number | null
          /** @description The code of what kept them from being counted */
          error: string | null
        } | null
      }[]
    }
    Import: {
      /** @description Events that are records now, or were already */
      taken: number
      /** @description Events that are no acts */
      passed_over: number
      /** @description Events that could not be read */
      refused: number
      /** @description The first of those, by their place in the request, counted from 1 */
      refusals: {
        event: number
        why: string
      }[]
      /** @description The record of the declared coverage, `<trace>-<span>`; null when none was declared */
      coverage: string | null
    }
    ManyAnswer: {
      outcomes: components['schemas']['HandleOutcome'][]
    }
    HandleOutcome: {
      of: string
      answer: components['schemas']['WhoDidAnswer'] | null
      problem: components['schemas']['Problem'] | null
    }
    ManyQuestion: {
      /** @description 1–50 handles */
      of: string[]
      /** @description The action is at or before this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      at?: string
      /** @description Only what the ledger had received by this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      as_recorded?: string
      /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      from?: string
      /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      to?: string
      /** @description Only actions of this verb, `read` included */
      verb?: string
      /** @description How many alternatives to give: 0–100, default 10 */
      limit?: string
    }
    CasesAnswer: {
      cases: {
        case_id: string
        entries: number
        first_at: string
        last_at: string
        /** @description At most 20 of them */
        authors: string[]
      }[]
    }
    CaseAnswer: {
      case_id: string
      entries: components['schemas']['CaseEntry'][]
    }
    CaseEntry: {
      entry_id: string
      written_at: string
      /** @description The name of the token or of the session that wrote it */
      author: string
      role: string
      /** @enum {string} */
      kind: 'note' | 'pin' | 'question'
      text: string | null
      /** @description Of a pin and a question, and of a note that concerns one */
      question: {
        of: string
        /** @description The answer is what the ledger held by this instant */
        as_recorded: string
        at: string | null
        from: string | null
        to: string | null
        verb: string | null
      } | null
      /** @description The page of the console with that answer */
      permalink: string | null
    }
    NewCaseEntry: {
      /**
       * @description `note`: words. `pin`: an answer that matters. `question`: one that was asked
       * @enum {string}
       */
      kind: 'note' | 'pin' | 'question'
      /** @description Words, 1–4000 characters. A note needs them */
      text?: string
      /** @description A handle, as `/v1/who-did` takes it. A pin and a question need one */
      of?: string
      /** @description The action is at or before this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      at?: string
      /** @description Only what the ledger had received by this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      as_recorded?: string
      /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      from?: string
      /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      to?: string
      /** @description Only actions of this verb, `read` included */
      verb?: string
    }
    PeopleAnswer: {
      people: components['schemas']['PersonOfName'][]
      /** @description Whether the name is of more than one person at that time */
      conflict: boolean
    }
    PeopleAdded: {
      /** @description Versions of names that were recorded */
      recorded: number
    }
    PeopleToAdd: {
      /** @description The list that says so, such as scim or github-org */
      source: string
      names: {
        person: string
        name: string
        /** @description Such as email, github, slack, idp, os_user */
        kind: string
        /** @description Since when; default always */
        from?: string
        /** @description False: from then on it is theirs no longer. Default true */
        theirs?: boolean
      }[]
    }
    CustodyOutcome: {
      /** @description The act’s record in the ledger, `<trace>-<span>` */
      record: string
      /** @description Keys destroyed */
      keys: number
      /** @description Whether the rows are gone too; else that is tried again until it is done */
      done: boolean
    }
    Hold: {
      case_id: string
      tenant: string
      /** @description A handle; "" holds everything */
      subject: string
      reason: string
      placed_by: string
      placed_at: string
    }
    AuthorityAnswer: {
      question: {
        instance: string
        /** @description RFC 3339, UTC, nanoseconds */
        at: string
        tool: string | null
        resource: string | null
      }
      /** @enum {string} */
      state: 'active' | 'expired' | 'revoked' | 'paused' | 'unregistered' | 'unknown'
      summary: string
      /** @description What the state rests on */
      reasons: {
        code: string
        text: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string | null
      }[]
      /** @description On the tool and the resource that were asked about; null where none was */
      decision: {
        /** @enum {string} */
        answer: 'allowed' | 'not_allowed' | 'unknown'
        rule: string
        text: string
        /**
         * @description Of the claim that the instance is of the template
         * @enum {string}
         */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      /** @description Null where no record had been received by then */
      instance: {
        id: string
        parent_id: string | null
        /** @description When the ledger first had a record of it */
        received_at: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      template: {
        id: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      } | null
      /** @description The newest version of the template that was recorded by then, expired or not */
      registration: components['schemas']['Registration'] | null
      /** @description The newest first */
      delegations: {
        id: string | null
        parent_id: string | null
        delegator: {
          id: string
          type: string | null
          issuer: string | null
        } | null
        issuer: string | null
        audience: string | null
        /** @description As the record states it */
        expires_at: string | null
        /** @description Whether it had ended by then */
        expired: boolean
        /** @description Null where nothing on record states them: unknown, and not all */
        scopes: string[] | null
        chain: string[]
        /** @description When the ledger first had it */
        received_at: string
        /** @description The first record that states it */
        span: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      }[]
      /** @description The scopes down the chain */
      scopes: {
        /** @description The person’s own. Nothing on record states them */
        human: string[] | null
        /** @description The ceiling of the registry */
        template: string[] | null
        /** @description Those of the task. Nothing on record states them */
        task: string[] | null
        /** @description Those of the delegations that had not ended */
        grant: string[] | null
        /** @description Those of the instances above it, the nearest first */
        parents: {
          instance: string
          /** @description Null where nothing on record states them: unknown, and not all */
          scopes: string[] | null
        }[]
        /** @description What all sides that state anything have in common: no more than this, and perhaps less */
        at_most: string[] | null
        /** @description The sides that state nothing */
        unknown: string[]
      }
      /** @description Given and denied by then, the newest first */
      approvals: {
        /** @enum {string} */
        decision: 'allow' | 'deny' | 'require_approval'
        tool: string | null
        resource: string | null
        action: string | null
        approver: string | null
        source: string | null
        policy: string | null
        reason: string | null
        /** @description RFC 3339, UTC, nanoseconds */
        received_at: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      }[]
      /** @description The orders in force */
      stops: {
        /** @enum {string} */
        state: 'revoked' | 'paused'
        target: {
          kind: string
          id: string
        }
        cause: string
        initiator: string
        /** @description RFC 3339, UTC, nanoseconds */
        since: string
        /** @description <trace id>-<span id>, lower-case hex */
        record: string
      }[]
      /** @description Those that it used by then, the newest first */
      credentials: {
        id: string
        type: string | null
        issuer: string | null
        subject: string | null
        borrowed: boolean
        /** @description Null where nothing on record states them: unknown, and not all */
        scopes: string[] | null
        /** @description As the record states it */
        expires_at: string | null
        /** @description Whether it had ended by then */
        expired: boolean
        /** @description When the ledger first had it */
        received_at: string
        /** @description The first record that names it */
        span: string
        /** @enum {string} */
        grade:
          | 'countersigned'
          | 'attested'
          | 'token_bound'
          | 'channel'
          | 'asserted'
          | 'inferred'
          | 'none'
          | 'contradicted'
      }[]
      /** @description What is not on record, or not decided */
      unknowns: {
        code: string
        text: string
        /** @description <trace id>-<span id>, lower-case hex */
        span: string | null
      }[]
      integrity: {
        /**
         * @description Of the weakest of the records
         * @enum {string}
         */
        state: 'sealed' | 'pending' | 'failed'
        /** @description The note of the checkpoint that covers the registration, else the first record */
        checkpoint: string | null
        records: {
          /** @description <trace id>-<span id>, lower-case hex */
          span: string
          log: string
          /** @description Its leaf in the tree of the log */
          index: number
          /** @enum {string} */
          state: 'sealed' | 'pending' | 'failed'
        }[]
        findings: {
          /** @description <trace id>-<span id>, lower-case hex */
          span: string
          text: string
        }[]
      }
      cost: components['schemas']['QuestionCost']
    }
    Registration: {
      template: string
      /** @description The person or team that answers for it */
      owner: string
      /** @description Why it is needed */
      justification: string
      /** @description From then on nothing is allowed by it */
      expires_at: string
      /** @description The ceiling: the most that an instance may have */
      scopes: string[] | null
      /** @description The resource servers that a delegated token may be for */
      audiences: string[] | null
      /** @description A name, or its beginning with `*` behind it */
      tools: string[] | null
      /** @description An ID, or its beginning with `*` behind it */
      resources: string[] | null
      prompt: {
        /** @description Path or URL of the file */
        file: string
        /** @description sha256:<hex> of its content */
        hash: string
      } | null
      /** @description By the clock of the ledger */
      recorded_at: string
      /** @description The name of the token that asked */
      recorded_by: string
      /** @description sha256:<hex> of the version as it was recorded */
      digest: string
      /** @description Its record in the ledger */
      record: string
    }
    RegistryAnswer: {
      registrations: components['schemas']['ListedRegistration'][]
      /** @description For the next page, with the same filters; null after the last */
      next_cursor: string | null
      cost: components['schemas']['QuestionCost']
    }
    ListedRegistration: {
      template: string
      /** @description The person or team that answers for it */
      owner: string
      /** @description Why it is needed */
      justification: string
      /** @description From then on nothing is allowed by it */
      expires_at: string
      /** @description The ceiling: the most that an instance may have */
      scopes: string[] | null
      /** @description The resource servers that a delegated token may be for */
      audiences: string[] | null
      /** @description A name, or its beginning with `*` behind it */
      tools: string[] | null
      /** @description An ID, or its beginning with `*` behind it */
      resources: string[] | null
      prompt: {
        /** @description Path or URL of the file */
        file: string
        /** @description sha256:<hex> of its content */
        hash: string
      } | null
      /** @description By the clock of the ledger */
      recorded_at: string
      /** @description The name of the token that asked */
      recorded_by: string
      /** @description sha256:<hex> of the version as it was recorded */
      digest: string
      /** @description Its record in the ledger */
      record: string
      /** @description Whether it is the newest of its template that was recorded by then, and not expired */
      in_force: boolean
    }
    TemplateDefinition: {
      /** @description The ID of the template, as its instances state it */
      template: string
      /** @description The team, or the person, that answers for it; stands in the ledger for ever */
      owner: string
      /** @description Why it is needed; name no person */
      justification: string
      /** @description From then on nothing is allowed by it; a time that is over ends the template. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      expires_at: string
      /** @description The ceiling of scopes (RFC 6749) */
      scopes?: string[]
      /** @description The resource servers that a delegated token may be for */
      audiences?: string[]
      /** @description Names of tools, or their beginnings with `*` behind them */
      tools?: string[]
      /** @description Resources, or their beginnings with `*` behind them */
      resources?: string[]
      prompt?: {
        /** @description Path or URL of the prompt file */
        file: string
        /** @description sha256:<hex> of its content */
        hash: string
      }
    }
    Revocation: {
      /** @description Counts up by one from 1, without a hole, for each tenant */
      seq: number
      id: string
      /**
       * @description `revoke` is final. `resume` ends a pause
       * @enum {string}
       */
      action: 'revoke' | 'pause' | 'resume'
      target: components['schemas']['RevocationTarget']
      /** @description Whether the agents that the target started are stopped with it */
      cascade: boolean
      cause: string
      /** @description The name of the token that asked */
      initiator: string
      /** @description When it was in force */
      at: string
      /** @description Its record in the ledger */
      record: string
    }
    RevocationTarget: {
      /**
       * @description `agents_of`: every agent that acts for this person, and never the person. `task`: all agents of one correlation ID
       * @enum {string}
       */
      kind: 'instance' | 'delegation' | 'task' | 'credential' | 'template' | 'agents_of'
      /** @description The ID, without its kind */
      id: string
    }
    RevocationRequest: {
      /**
       * @description `revoke` is final. `resume` ends a pause
       * @enum {string}
       */
      action: 'revoke' | 'pause' | 'resume'
      target: components['schemas']['RevocationTarget']
      /** @description Default true: the agents that the target started are stopped with it */
      cascade?: boolean
      /** @description Why; stands in the ledger for ever, so name no person: 1–1,000 characters */
      cause: string
    }
    Revocations: {
      revocations: components['schemas']['Revocation'][]
      /** @description The number of the newest one; 0 where there is none */
      newest_seq: number
    }
    ExportRequest: {
      /** @description A handle, as `/v1/who-did` takes it */
      of: string
      /** @description The action is at or before this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      at?: string
      /** @description Only what the ledger had received by this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      as_recorded?: string
      /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      from?: string
      /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
      to?: string
      /** @description Only actions of this verb, `read` included */
      verb?: string
    }
    Trust: {
      logs: {
        vkey: string
        from_size: number
        to_size: number | null
      }[]
      witnesses: string[]
      quorum: number
      exporters: string[]
      /** @description Keys of meta-logs (`WHODID_META_KEY`), under one of which each log must be */
      meta_logs: string[]
      /** @description Whether each package holds the ledger’s own record of what its answer was decided from; one without it is then refused */
      statements: boolean
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  whoDid: {
    parameters: {
      query: {
        /** @description A handle: `<kind>:<id>`, a trace ID, `<trace>-<span>`, a URL or `system:kind:path` */
        of: string
        /** @description The action is at or before this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        at?: string
        /** @description Only what the ledger had received by this instant. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only actions of this verb, `read` included */
        verb?: string
        /** @description How many alternatives to give: 0–100, default 10 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WhoDidAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  whoDidMany: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ManyQuestion']
      }
    }
    responses: {
      /** @description An outcome for each handle, in the order asked */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ManyAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  find: {
    parameters: {
      query: {
        /** @description The clue */
        q: string
        /** @description Only what was done at or after this. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        after?: string
        /** @description Only what was done at or before this. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        before?: string
        /** @description The time zone of days that the clue names, such as Europe/Berlin; default UTC */
        zone?: string
        /** @description How many candidates to give: 1–100, default 20 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What the clue may mean */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FindAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listActions: {
    parameters: {
      query?: {
        /** @description Only actions of this trace */
        trace?: string
        /** @description Only this span, `<trace>-<span>` */
        span?: string
        /** @description Only this action */
        action?: string
        /** @description Only actions of this instance */
        instance?: string
        /** @description Only actions of this template */
        template?: string
        /** @description Only actions of this human or service, or on its behalf */
        delegator?: string
        /** @description Only actions under this correlation ID */
        correlation?: string
        /** @description Only actions with this credential */
        credential?: string
        /** @description Only actions on this resource; a URL will do */
        resource?: string
        /** @description Only actions of this session */
        session?: string
        /** @description Only actions of this conversation */
        conversation?: string
        /** @description Only calls of this tool */
        tool?: string
        /** @description Only actions of this verb */
        verb?: string
        /** @description Only actions with this outcome */
        outcome?: string
        /** @description Only actions with this verdict */
        verdict?: string
        /** @description Only actions with this grade */
        grade?: string
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many actions to give: 1–500, default 50 */
        limit?: string
        /** @description `next_cursor` of the page before, with the same filters */
        cursor?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of actions */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ActionsAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time`, `invalid_cursor` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive`, `range_required` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeInstance: {
    parameters: {
      query?: {
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many records of the timeline to give: 1–500, default 100 */
        limit?: string
        /** @description `next_cursor` of the page before, with the same filters */
        cursor?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The instance’s ID, percent-encoded */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The instance */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InstanceAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time`, `invalid_cursor` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  blastRadius: {
    parameters: {
      query?: {
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many resources to give: 1–1000, default 200 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The instance’s ID, percent-encoded */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The blast radius */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BlastRadiusAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeCompleteness: {
    parameters: {
      query: {
        /** @description The instance’s ID */
        instance: string
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What is known of its completeness */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CompletenessAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listTemplates: {
    parameters: {
      query: {
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many templates to give: 1–200, default 50 */
        limit?: string
        /** @description `next_cursor` of the page before, with the same filters */
        cursor?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of the inventory */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TemplatesAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time`, `invalid_cursor` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive`, `range_required` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeDelegator: {
    parameters: {
      query?: {
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many of the newest acts of each kind to give: 1–100, default 10 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The delegator’s ID, percent-encoded */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The delegator */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DelegatorAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listGhosts: {
    parameters: {
      query: {
        /** @description Start of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from: string
        /** @description End of the time asked about. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        to?: string
        /** @description Only what had been received by then: what could be known at the time. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        as_recorded?: string
        /** @description How many entries of each list to give: 1–1000, default 100 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The report */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Ghosts']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive`, `range_required` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listFindings: {
    parameters: {
      query?: {
        /** @description Only findings in this state */
        state?: 'open' | 'acknowledged' | 'suppressed'
        /** @description Only findings of this rule */
        rule?: string
        /** @description Only findings on this subject, a handle such as `instance:…` or `credential:…` */
        subject?: string
        /** @description Only findings of this severity */
        severity?: 'low' | 'medium' | 'high' | 'critical'
        /** @description How many findings to give: 1–500, default 100 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The findings */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FindingsAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeFinding: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The finding: 32 hex digits */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The finding */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FindingAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  triageFinding: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The finding: 32 hex digits */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewFindingTriage']
      }
    }
    responses: {
      /** @description The finding as it is now */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FindingAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `case_full` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listDetections: {
    parameters: {
      query?: {
        /** @description Only this rule */
        rule?: string
        /** @description Days to look back: 1–90 */
        back_test_days?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rules */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DetectionsAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  importEvents: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @enum {string} */
          format:
            | 'github-audit'
            | 'github-events'
            | 'git-log'
            | 'gitlab-audit'
            | 'cloudtrail'
            | 'gcp-audit'
            | 'azure-activity'
            | 'entra-sign-in'
            | 'okta-system-log'
            | 'slack-audit'
            | 'kubernetes-audit'
            | 'datadog-audit'
            | 'ocsf'
            | 'postgres'
            | 'access-log'
            | 'shell-history'
          /** @description The source: an account, a repository, a host with its scheme */
          source?: string
          /** @description Each a line as text or, of a format of JSON, an object */
          events: (
            | string
            | {
                [key: string]: unknown
              }
          )[]
          /** @description What the log is declared to hold */
          coverage?: {
            /** @description The system whose log it is, as its events name it: `github`, `aws`, `postgres` */
            system: string
            /** @description Beginnings of the resources whose acts are all in it: `github:pull:acme/app/` */
            resources: string[]
            /** @description The period: RFC 3339 with a zone */
            from: string
            to: string
            /** @description The verbs that it has; default all but reads */
            verbs?: string[]
            /** @description The share of events that it keeps; default 1. Less: absence says nothing */
            sampling?: number
            /** @description Seconds after an act at which its event is there at the latest; default 0 */
            delay_seconds?: number
            /** @description Seconds by which its clock and an emitter’s may differ; default 5 */
            clock_error_seconds?: number
          }
        }
      }
    }
    responses: {
      /** @description What became of the events */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Import']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listCases: {
    parameters: {
      query?: {
        /** @description How many to give: 1–1000, default 100 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The cases */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CasesAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeCase: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The case: 1–200 printable ASCII characters, percent-encoded */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The case */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  addCaseEntry: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The case: 1–200 printable ASCII characters, percent-encoded */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewCaseEntry']
      }
    }
    responses: {
      /** @description The entry */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CaseEntry']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `case_full` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listNamesOfPerson: {
    parameters: {
      query: {
        /** @description A person’s ID, or any name of theirs */
        name: string
        /** @description Whose it is at this instant; default now. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        at?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The names */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PeopleAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  addNamesOfPeople: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PeopleToAdd']
      }
    }
    responses: {
      /** @description They are recorded */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PeopleAdded']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  erase: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description `delegator:<id>` or `instance:<id>` */
          subject: string
          /** @description Why; stands in the ledger for ever, so name no person: 1–1,000 characters */
          reason: string
          /** @description The case it belongs to: 1–200 characters */
          case_id?: string
        }
      }
    }
    responses: {
      /** @description It is erased */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CustodyOutcome']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `under_hold` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  prune: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description RFC 3339 with a zone */
          before: string
          /** @enum {string} */
          what: 'text' | 'records'
          /** @description Why; stands in the ledger for ever, so name no person: 1–1,000 characters */
          reason: string
          /** @description The case it belongs to: 1–200 characters */
          case_id?: string
        }
      }
    }
    responses: {
      /** @description It is gone */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CustodyOutcome']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `under_hold`, `ledger_shared` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listHolds: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The holds */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            holds: components['schemas']['Hold'][]
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  hold: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description The case it belongs to: 1–200 characters */
          case_id: string
          /** @description `delegator:<id>` or `instance:<id>` */
          subject?: string
          /** @description Why; stands in the ledger for ever, so name no person: 1–1,000 characters */
          reason: string
        }
      }
    }
    responses: {
      /** @description The hold */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Hold']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  release: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description The case it belongs to: 1–200 characters */
          case_id: string
          /** @description Why; stands in the ledger for ever, so name no person: 1–1,000 characters */
          reason: string
        }
      }
    }
    responses: {
      /** @description The holds that were released */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            holds: components['schemas']['Hold'][]
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  acceptLoss: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description The log’s origin */
          log: string
          /** @description The person or role who answers for it; stands in the ledger for ever: 1–200 characters */
          accepted_by: string
          /** @description Why; stands in the ledger for ever: 1–1,000 characters */
          reason: string
          /** @description The case it belongs to */
          case_id?: string
          /** @description A checkpoint of the log that was kept elsewhere; default the newest known here */
          checkpoint?: string
          places?: {
            from: number
            /** @description The first place that is not lost */
            to: number
          }
        }
      }
    }
    responses: {
      /** @description The loss, as it is on record */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            log: string
            from: number
            /** @description The first place that is not lost */
            to: number
            /** @description Who answers for it, as the request said */
            accepted_by: string
            reason: string
            /** @description <trace id>-<span id> of the record */
            record: string
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_sealed`, `nothing_lost` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  proveAction: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path: {
        /** @description The action’s ID, percent-encoded, or `<trace>-<span>` */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The proof */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            span: string
            log: string
            index: number
            /** @description base64 */
            entry: string
            /** @description base64 */
            record: string
            /** @description base64 */
            leaf: string
            proof: string[]
            /** @description The signed note of a checkpoint (C2SP tlog-checkpoint) */
            checkpoint: string
            tlog_proof: string
            /** @description How the log stands in the meta-log; null where none is set */
            meta_log:
              | {
                  /** @enum {string} */
                  state: 'included'
                  /** @description The meta-log */
                  log: string
                  /** @description The entry’s place in it */
                  index: number
                  /** @description The entry: the log’s checkpoint as the meta-log took it */
                  entry: string
                  /** @description From the record to the root of `entry` */
                  record_proof: string[]
                  /** @description From the entry to the root of `checkpoint` */
                  proof: string[]
                  /** @description The meta-log’s checkpoint, with cosignatures where it has some */
                  checkpoint: string
                  tlog_proof: string
                }
              | {
                  /**
                   * @description `pending`: a second or so after sealing; `failed`: what the meta-log serves does not hold
                   * @enum {string}
                   */
                  state: 'pending' | 'unreachable' | 'failed'
                  why: string
                }
              | null
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_sealed` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused`, `seal_failed` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listCheckpoints: {
    parameters: {
      query?: {
        /** @description Checkpoints of this many leaves and more; default 0 */
        from?: string
        /** @description The log’s name; needed where there are several */
        log?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The checkpoints */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            log: string
            checkpoints: {
              size: number
              /** @description The signed note of a checkpoint (C2SP tlog-checkpoint) */
              checkpoint: string
              consistency: string[]
            }[]
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  getIntegrity: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The last check, null where none runs, and the logs it looked at */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            check: {
              /** @enum {string} */
              state: 'ok' | 'failed' | 'stale' | 'never' | 'loss_accepted'
              /** @description RFC 3339, UTC */
              checked_at: string | null
              /** @description RFC 3339, UTC */
              whole_since: string | null
              /** @description RFC 3339, UTC */
              texts_whole_since: string | null
              findings: {
                code: string
                log: string
                text: string
              }[]
              accepted_losses: {
                log: string
                from: number
                /** @description The first place that is not lost */
                to: number
                /** @description Who answers for it, as the request said */
                accepted_by: string
                /** @description The name of the token that asked */
                requested_by: string
                /** @description RFC 3339, UTC */
                accepted_at: string
                reason: string
                /** @description <trace id>-<span id> of the record */
                record: string
              }[]
            } | null
            logs: {
              log: string
              size: number
              /** @enum {string} */
              assurance: 'local' | 'witnessed' | 'witnessed+monitored'
              /** @description Records that enough witnesses stand behind */
              assured: number
            }[]
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  readCheckpoint: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The last element of the log’s origin */
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A signed note */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/plain': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  readCosigned: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The last element of the log’s origin */
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A signed note with the lines of the witnesses */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/plain': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  readTile: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The last element of the log’s origin */
        name: string
        level: string
        /** @description The last three digits; `x001/` and so on stands before them for a thousand and more */
        index: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Hashes of 32 bytes, one after the other; may be cached for ever */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  readPartialTile: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The last element of the log’s origin */
        name: string
        level: string
        /** @description The last three digits; `x001/` and so on stands before them for a thousand and more */
        index: string
        /** @description Hashes in the tile */
        width: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Hashes of 32 bytes, one after the other; may be cached for ever */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  describeAuthority: {
    parameters: {
      query: {
        /** @description The instance’s ID */
        instance: string
        /** @description By what the ledger had received by then; default now. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        at?: string
        /** @description Was this tool allowed? */
        tool?: string
        /** @description Was this resource allowed? An ID or a well-known URL */
        resource?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The authority */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AuthorityAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listRegistry: {
    parameters: {
      query?: {
        /** @description Only this one: its history */
        template?: string
        /** @description As it stood then; default now. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        at?: string
        /** @description How many versions to give: 1–200, default 50 */
        limit?: string
        /** @description `next_cursor` of the page before, with the same filters */
        cursor?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of the registry */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RegistryAnswer']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time`, `invalid_cursor` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  registerTemplate: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TemplateDefinition']
      }
    }
    responses: {
      /** @description It is on record */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Registration']
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listRevocations: {
    parameters: {
      query?: {
        /** @description Only revocations with a higher number; default 0 */
        since?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The revocations */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Revocations']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  revoke: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RevocationRequest']
      }
    }
    responses: {
      /** @description It is in force */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Revocation']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  followRevocations: {
    parameters: {
      query?: {
        /** @description Only revocations with a higher number; default 0 */
        since?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Events */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/event-stream': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_cursor` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  exportEvidence: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ExportRequest']
      }
    }
    responses: {
      /** @description The package */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/zip': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_handle`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_sealed` */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `body_too_large` */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unsupported_content_type` */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded`, `log_full`, `log_failed` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  trust: {
    parameters: {
      query?: never
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Public keys */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Trust']
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `not_found` */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  tail: {
    parameters: {
      query?: {
        /** @description Records received after this instant; default one minute ago. RFC 3339 with a zone, to the nanosecond, of the years 1901–2261, without leap seconds */
        from?: string
        /** @description Go on with new records until the client leaves; default false */
        follow?: 'true' | 'false'
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Records, one a line */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/x-ndjson': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body`, `invalid_time` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  readRecords: {
    parameters: {
      query: {
        /** @description The origin of the log, as `/v1/trust` and every proof name it */
        log: string
        /** @description The first index; default 0 */
        from?: string
        /** @description How many records to give: 1–1000, default 500 */
        limit?: string
        /** @description `record` (default), the columns of the ledger; `ocsf`, an event of OCSF 1.9, class API Activity; `timesketch`, a line for each time of a record */
        form?: 'record' | 'ocsf' | 'timesketch'
        /** @description Seconds to wait while there is no record; default 0 */
        wait?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Records, one a line */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/x-ndjson': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listReads: {
    parameters: {
      query?: {
        /** @description How many to give: 1–1000, default 100 */
        limit?: string
      }
      header?: {
        /** @description The case this read belongs to: 1–200 printable ASCII characters, kept with the read */
        'whodid-case'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The reads */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            reads: {
              read_at: string
              request_id: string
              reader: string
              role: string
              route: string
              /** @description The parameters that were asked, as JSON */
              question: string
              case_id: string | null
              remote_address: string | null
              user_agent: string | null
            }[]
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `query_too_expensive` */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `too_many_requests` */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal`, `store_refused` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable`, `read_not_recorded` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  health: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It is */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** @enum {string} */
            status: 'ok'
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  ready: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It can */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** @enum {string} */
            status: 'ready'
          }
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `store_unavailable` */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  metrics: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The measures */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/plain': string
        }
      }
      /** @description `invalid_parameter`, `invalid_body` */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `unauthenticated` */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `forbidden` */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description `internal` */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
}
