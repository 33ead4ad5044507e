import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'

/** One statement as the database's own log has it. */
export interface LoggedStatement {
  readonly at: string
  /** The role it ran as, which is all that a database knows of who asks. */
  readonly role: string
  readonly statement: string
}

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>

/** The shop's database, open in this process. */
export interface ShopDatabase {
  /** Runs one statement as the role `shop_app`. */
  query(sql: string): Promise<readonly Row[]>
  close(): Promise<void>
}

// The function writes the log with its owner's rights: the role of the application can read the log, and not change it.
const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, balance_cents int NOT NULL);
  CREATE TABLE statement_log (at timestamptz NOT NULL, role text NOT NULL, statement text NOT NULL);
  CREATE FUNCTION log_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO statement_log VALUES (clock_timestamp(), current_setting('role'), current_query());
    RETURN NULL;
  END $$;
  INSERT INTO customers SELECT n, 'Customer ' || n, 10000 FROM generate_series(1, 60) AS n;
  CREATE TRIGGER log_statement AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH STATEMENT EXECUTE FUNCTION log_statement();
  CREATE ROLE shop_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO shop_app;
  GRANT SELECT ON statement_log TO shop_app;
  SET ROLE shop_app;
`

/** Makes the database in `dir`: a real Postgres, with customers 1 to 60 and a log of every statement that changes one. */
export async function createShopDatabase(dir: string): Promise<ShopDatabase> {
  await mkdir(dir, { recursive: true })
  // The data lives as long as the demo: waiting for the disk gains nothing.
  const postgres = await PGlite.create(dir, { relaxedDurability: true })
  await postgres.exec(schema)
  return {
    query: async (sql) => (await postgres.query<Row>(sql)).rows,
    close: () => postgres.close(),
  }
}
