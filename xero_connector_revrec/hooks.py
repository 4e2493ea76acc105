def uninstall_hook(env):
    """Drop what the base addon keeps of manual journals: without their model it could do nothing with it.

    Journals that are in Xero stay there.
    """
    for query in (
        "DELETE FROM xero_mark WHERE res_model = 'xero.manual.journal'",
        "DELETE FROM xero_request WHERE path = '/ManualJournals' AND state = 'prepared'",
        "DELETE FROM xero_binding WHERE res_model = 'xero.manual.journal'",
        "DELETE FROM xero_push WHERE record_ids ? 'xero.manual.journal'",
    ):
        env.cr.execute(query)
    env.invalidate_all()
