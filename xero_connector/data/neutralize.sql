-- A copy of the database must never write to the live books: no token, no secret, no running connection; and it must
-- tell nobody of errors that are only its own.
UPDATE xero_token
   SET access_token = NULL, refresh_token = NULL, expires_at = NULL, database_uuid = NULL,
       oauth_nonce = NULL, oauth_user_id = NULL, oauth_expires_at = NULL;
UPDATE xero_connection SET client_secret = NULL, error_url = NULL, error_secret = NULL, error_database_uuid = NULL,
       state = 'draft';
DELETE FROM xero_mark;
UPDATE xero_push SET state = 'stopped', finished_at = now() AT TIME ZONE 'UTC' WHERE state = 'running';
DELETE FROM xero_alert WHERE state = 'waiting';
