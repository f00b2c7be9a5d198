// The types of the HTTP API, made by `npm run generate` from its OpenAPI document. Not to be edited.

export interface paths {
    readonly "/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who did what, newest first
         * @description Logins, changes of users and keys, what operators did to models, and predictions that left in bulk or were erased. As JSON Lines every event that matches, as a stream.
         */
        readonly get: operations["AuditController_events"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Your own account */
        readonly get: operations["UsersController_me"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/me/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Change your own password
         * @description Ends all your sessions: log in again with the new password. API keys stay.
         */
        readonly patch: operations["UsersController_changePassword"];
        readonly trace?: never;
    };
    readonly "/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All users, by name */
        readonly get: operations["UsersController_list"];
        readonly put?: never;
        /** Create a user */
        readonly post: operations["UsersController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One user */
        readonly get: operations["UsersController_get"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a user with its sessions and API keys
         * @description The last admin cannot be deleted (409). Logged predictions stay.
         */
        readonly delete: operations["UsersController_delete"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a user
         * @description A new password or another role ends all sessions of the user. The last admin stays admin (409).
         */
        readonly patch: operations["UsersController_update"];
        readonly trace?: never;
    };
    readonly "/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Log in, or continue a session
         * @description The OAuth2 password form or the same fields as JSON. Failed logins are limited per account and address (429).
         */
        readonly post: operations["TokenController_grant"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/token/revoke": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Log out
         * @description Ends the session of the access token: its tokens are refused from now on.
         */
        readonly post: operations["TokenController_revoke"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Your API keys; everybody’s for an admin */
        readonly get: operations["ApiKeysController_list"];
        readonly put?: never;
        /**
         * Create an API key
         * @description The answer is the only place where the key stands. Only its hash is stored.
         */
        readonly post: operations["ApiKeysController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api-keys/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke an API key: your own, or anybody’s as an admin */
        readonly delete: operations["ApiKeysController_delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Keys that verify access tokens
         * @description RFC 7517. A token verified by them may have been revoked since: only this server knows.
         */
        readonly get: operations["JwksController_published"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/model-info": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The model being served
         * @description Where it comes from, what it was measured at, and the features it takes.
         */
        readonly get: operations["ModelController_live"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Registered models */
        readonly get: operations["ModelController_models"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/versions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Versions of a model, newest first */
        readonly get: operations["ModelController_versions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/card": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The model card of a version
         * @description What it is for, what it was measured at and for whom, what it takes, how to make it again, and what is true of it today. Made from the bundle when it is asked for.
         */
        readonly get: operations["ModelCardController_card"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/versions/{version}/evaluation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What a version was measured at, with its curves
         * @description Metrics with their intervals, the threshold and its rule, what the gate asks, and of the held-out rows that the bundle carries the ROC and precision-recall curve, the calibration, the confusion matrix at every threshold and the scores by class. Of any registered version; what the bundle does not tell is null or empty.
         */
        readonly get: operations["ModelEvaluationController_evaluation"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/runs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Training runs, newest first
         * @description Each training is a run with one child run per candidate, with parameters and metrics.
         */
        readonly get: operations["RunsController_list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/runs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One training run */
        readonly get: operations["RunsController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/reload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Look at the registry now
         * @description Loads the version that MODEL_URI names if it is another one, also where it was refused before. On failure the problem says why and which version stays live.
         */
        readonly post: operations["ModelOperationsController_reload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/challenger": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * What the challenger does
         * @description The challenger is the version with the alias challenger. Holds until the server ends; a start begins with CHALLENGER.
         */
        readonly put: operations["ModelOperationsController_setChallenger"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhooks/mlflow": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * MLflow's alias webhook
         * @description Signed with MLFLOW_WEBHOOK_SECRET; without that setting the route is closed. A delivery counts once and for five minutes. The answer does not wait for the model.
         */
        readonly post: operations["WebhookController_receive"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predict": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Predict one row
         * @description Answered once it is stored. A value outside what training saw is answered with a warning; one outside its domain is refused. A bare feature object is read like `features`.
         */
        readonly post: operations["PredictionController_predict"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predict/batch": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Predict the rows of an upload
         * @description Each row is answered or refused with its line, fields and reasons; the others are answered all the same. Streamed: the first answers leave while the last rows are still to come. docs/batches.md has the forms.
         */
        readonly post: operations["BatchController_predict"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predict/what-if": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The smallest change of a row that gives it the other label
         * @description Of the features that may change, within what training saw and within the monotone constraints of the model. Fewer features come first, then the distance; at most 200000 changed rows are tried. The row is not stored.
         */
        readonly post: operations["WhatIfController_find"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Predict rows, as MLflow's scoring server
         * @description Exactly one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`, or CSV with a header as `text/csv`; `params` is taken and not used. Other columns are left out. A category is its text, or its position in the list of `/model-info`. All rows are answered or none.
         */
        readonly post: operations["InvocationsController_invocations"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/endpoints/{name}/invocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The same, by the name of the model
         * @description Exactly one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`, or CSV with a header as `text/csv`; `params` is taken and not used. Other columns are left out. A category is its text, or its position in the list of `/model-info`. All rows are answered or none.
         */
        readonly post: operations["InvocationsController_endpoint"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ping": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A model is being served, as MLflow's scoring server says it */
        readonly get: operations["InvocationsController_ping"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/version": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The version of this software */
        readonly get: operations["InvocationsController_version"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The server, as the Open Inference Protocol asks for it */
        readonly get: operations["OipController_server"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process answers */
        readonly get: operations["OipController_live"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same as GET /health/ready */
        readonly get: operations["OipController_ready"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Inputs and outputs of the model being served */
        readonly get: operations["OipController_model"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}/versions/{version}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Inputs and outputs of the champion or its challenger */
        readonly get: operations["OipController_version"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A version of the model is being served */
        readonly get: operations["OipController_modelReady"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}/versions/{version}/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This version of the model is being served */
        readonly get: operations["OipController_versionReady"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}/infer": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Predict rows, as the Open Inference Protocol asks for it
         * @description Either the one tensor `features` [rows, features], numbers as the graph takes them, or one tensor per feature, [rows] or [rows, 1], BYTES for a category. `data` is flat or nested, null is a missing value, and the binary tensor extension is understood. All rows are answered or none.
         */
        readonly post: operations["OipController_infer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/models/{model}/versions/{version}/infer": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * The same, by the champion or its challenger as named
         * @description Either the one tensor `features` [rows, features], numbers as the graph takes them, or one tensor per feature, [rows] or [rows, 1], BYTES for a category. `data` is flat or nested, null is a missing value, and the binary tensor extension is understood. All rows are answered or none.
         */
        readonly post: operations["OipController_inferByVersion"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predictions/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Stored predictions as a file, oldest first
         * @description Streamed: a file of any length. One that breaks off half way ends as a broken transfer, never as a whole file.
         */
        readonly get: operations["PredictionsExportController_export"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predictions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Stored predictions, newest first */
        readonly get: operations["PredictionsController_list"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Erase the predictions of one subject
         * @description Those stored with this reference, with their labels and what challengers said about them. The log keeps a digest of each, by which it can still be verified.
         */
        readonly delete: operations["PredictionsController_erase"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predictions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One stored prediction */
        readonly get: operations["PredictionsController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/feedback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Tell the labels of predictions
         * @description By the id of the prediction, which whoever predicted has, at any time later and as often as it changes; who may predict may tell labels. Every item is answered; items that do not fit refuse the whole request.
         */
        readonly post: operations["FeedbackController_receive"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/feedback/{prediction_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The label of a prediction, and what it was before */
        readonly get: operations["FeedbackController_find"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Your jobs, newest first; everybody’s for an admin */
        readonly get: operations["JobsController_list"];
        readonly put?: never;
        /**
         * Order the scoring of many rows
         * @description The rows are the upload, or an object in S3: a JSON array holds rows, a JSON object is an order, `{ "input": "s3://bucket/key", "output"?, "format"?, "explain"? }`. docs/jobs.md has the forms.
         */
        readonly post: operations["JobsController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One job, and how far it is */
        readonly get: operations["JobsController_get"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Cancel a job, or delete one that is over
         * @description One under way is cancelled and stays to be seen; one that is over goes with its result.
         */
        readonly delete: operations["JobsController_delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs/{id}/result": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The result of a job that is done
         * @description One result a row, in the order of the rows, as POST /predict/batch answers them.
         */
        readonly get: operations["JobsController_result"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/promote": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Make a version champion, if the gate passes
         * @description Answers when this server serves it. A gate that refuses answers 409 with its `report`; `force` with a `reason` overrules it, except where the version cannot be served at all.
         */
        readonly post: operations["PromotionController_promote"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Go back to the champion before
         * @description Without a gate. Going back twice goes back two champions; a promotion goes forward again.
         */
        readonly post: operations["PromotionController_rollback"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/models/{name}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What happened to a model, newest first
         * @description Who moved which alias and why, which version served from when to when, what could not be loaded or was refused.
         */
        readonly get: operations["HistoryController_events"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/predictions/{id}/lineage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Where a prediction comes from
         * @description The bytes, run, parameters and data of the version that answered, and how it came to answer; also after it left the registry.
         */
        readonly get: operations["LineageController_lineage"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/champion-challenger": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Champion and challenger compared
         * @description In shadow mode on the same rows, and so pair by pair. In canary mode between the two groups of callers, whose differences are the callers' and chance's as well as the models'.
         */
        readonly get: operations["MonitoringController_compare"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/explanations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What moved the answers
         * @description Over the explanations that were asked for and stored: for each model version, method and background the mean contribution of each feature, with its sign and without, over all rows and by label.
         */
        readonly get: operations["MonitoringController_explain"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The log summarised
         * @description Requests, errors, latency, throughput, scores and classes of a window, over time and by model version. Counts, means and extremes are exact for the bounds that `window` states: whole minutes, and whole hours where the window is longer than a day.
         */
        readonly get: operations["SummaryController_summarise"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/drift": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Drift of features, score and label
         * @description Rows that a version answered in the window, against the reference in its bundle. Evaluated when asked for, which takes some seconds. Every figure comes out again, digit by digit, from the same rows of the log and the same reference.
         */
        readonly get: operations["DriftController_evaluate"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/drift/distribution": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Distribution of one column
         * @description The reference beside the rows of the window that drift is measured of: counts in the same bins, and quantiles; or counts by category.
         */
        readonly get: operations["DriftController_distribution"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/drift/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Drift over time
         * @description What the evaluations of the champion on schedule (DRIFT_EVERY) found.
         */
        readonly get: operations["DriftController_past"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/anomalies": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What was out of the ordinary
         * @description Latency, scores and errors whose mean changed; processor time and memory above their own baseline; inputs outside the range that training saw, or whose numbers do not belong together. On one time axis, each with the predictions that it concerns and with what came first.
         */
        readonly get: operations["AnomaliesController_list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/anomalies/{id}/acknowledge": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take notice of an anomaly
         * @description The first who does so stands; doing it again changes nothing.
         */
        readonly post: operations["AnomaliesController_acknowledge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/quality": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Quality by labels, and estimated without them
         * @description What the labels that have come say of the answers in the window, with intervals; beside it what the scores alone promise (CBPE), and whether the two have parted, which is concept drift. Evaluated when asked for, which takes some seconds.
         */
        readonly get: operations["QualityController_measure"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/fairness": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Groups compared
         * @description By an attribute that the model never sees and labels came with: rates of each group with n and intervals, and how far apart the groups are. Of labelled answers only.
         */
        readonly get: operations["QualityController_compare"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/monitoring/stream": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The log summarised, live
         * @description Server-sent events: `snapshot` (LiveStateResponse) first, then a `change` (LiveChangeResponse) every few seconds. With the `Last-Event-ID` of an event that is still remembered only what came after it is sent. After 15 seconds of silence a comment comes. The stream ends with the credentials that it was opened with.
         */
        readonly get: operations["LiveController_stream"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process answers */
        readonly get: operations["HealthController_live"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A verified model is being served and the database answers */
        readonly get: operations["HealthController_ready"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Metrics in the Prometheus text format
         * @description Open by default; where METRICS_TOKEN is set, send it as a bearer token.
         */
        readonly get: operations["MetricsController_index"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly AuditActorResponse: {
            /**
             * @description command: on the machine; nobody: had not shown who they are.
             * @enum {string}
             */
            readonly kind: "user" | "api_key" | "command" | "nobody";
            /**
             * Format: uuid
             * @description An API key's owner too.
             */
            readonly user_id: string | null;
            /**
             * @description Of the user or the command.
             * @example ann
             */
            readonly name: string | null;
            /**
             * Format: uuid
             * @example null
             */
            readonly api_key_id: string | null;
            /** @example null */
            readonly api_key_name: string | null;
        };
        readonly AuditTargetResponse: {
            /** @enum {string} */
            readonly kind: "user" | "api_key" | "model" | "predictions" | "job";
            /** @description Of a model: its version. */
            readonly id: string | null;
            /** @example bob */
            readonly name: string | null;
        };
        readonly AuditEventResponse: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly at: string;
            readonly actor: components["schemas"]["AuditActorResponse"];
            /**
             * @example user_changed
             * @enum {string}
             */
            readonly action: "login" | "login_refused" | "token_refresh_reused" | "logout" | "user_created" | "user_changed" | "user_deleted" | "password_changed" | "api_key_created" | "api_key_deleted" | "model_promoted" | "promotion_refused" | "model_rolled_back" | "model_reloaded" | "challenger_changed" | "predictions_exported" | "predictions_erased" | "job_result_downloaded";
            readonly target: components["schemas"]["AuditTargetResponse"] | null;
            /**
             * @example done
             * @enum {string}
             */
            readonly outcome: "done" | "refused" | "failed";
            /**
             * @example {
             *       "fields": [
             *         "role"
             *       ],
             *       "role": {
             *         "from": "client",
             *         "to": "operator"
             *       }
             *     }
             */
            readonly details: {
                readonly [key: string]: unknown;
            };
            /** @example 192.0.2.7 */
            readonly address: string | null;
            /** @description The `X-Request-Id` of the answer. */
            readonly request_id: string | null;
            /** @example 1 */
            readonly id: number;
        };
        readonly AuditPageResponse: {
            readonly items: readonly components["schemas"]["AuditEventResponse"][];
            /** @description Send as `cursor` for the next page; null on the last. */
            readonly next_cursor: string | null;
        };
        readonly UserResponse: {
            /**
             * Format: uuid
             * @example 5f3e8f0e-2c54-4a52-9d6c-0a4a1f1f7c11
             */
            readonly id: string;
            /** @example ann */
            readonly username: string;
            /**
             * @description admin: users and everything; operator: promote models; client: predict; viewer: read.
             * @example client
             * @enum {string}
             */
            readonly role: "admin" | "operator" | "client" | "viewer";
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly created_at: string;
        };
        readonly ChangePasswordDto: {
            /**
             * Format: password
             * @example the password of today
             */
            readonly current_password: string;
            /**
             * Format: password
             * @description At least 12 characters and at most 72 bytes of UTF-8.
             * @example correct horse battery
             */
            readonly new_password: string;
        };
        readonly CreateUserDto: {
            /**
             * @description Unique; case makes no difference.
             * @example ann
             */
            readonly username: string;
            /**
             * Format: password
             * @description At least 12 characters and at most 72 bytes of UTF-8.
             * @example correct horse battery
             */
            readonly password: string;
            /**
             * @description admin: users and everything; operator: promote models; client: predict; viewer: read.
             * @example client
             * @enum {string}
             */
            readonly role: "admin" | "operator" | "client" | "viewer";
        };
        readonly UpdateUserDto: {
            /**
             * @description Unique; case makes no difference.
             * @example ann
             */
            readonly username?: string;
            /**
             * Format: password
             * @description At least 12 characters and at most 72 bytes of UTF-8.
             * @example correct horse battery
             */
            readonly password?: string;
            /**
             * @description admin: users and everything; operator: promote models; client: predict; viewer: read.
             * @example client
             * @enum {string}
             */
            readonly role?: "admin" | "operator" | "client" | "viewer";
        };
        readonly TokenRequest: {
            /**
             * @description password: log in; refresh_token: continue a session.
             * @default password
             * @example password
             * @enum {string}
             */
            readonly grant_type: "password" | "refresh_token";
            /**
             * @description For grant_type password.
             * @example admin
             */
            readonly username?: string;
            /**
             * Format: password
             * @description For grant_type password.
             * @example the password of admin
             */
            readonly password?: string;
            /**
             * @description For grant_type refresh_token: the one of the last answer; each works once.
             * @example sPzYnG1n0hT0e0lTqkM3m3m4o9cQ7v1yZyJ8w2b5x6A
             */
            readonly refresh_token?: string;
            /**
             * @description Tolerated, as OAuth2 clients send it; the role says what a token may do.
             * @example
             */
            readonly scope?: string;
            /**
             * @description Tolerated; clients are not registered.
             * @example
             */
            readonly client_id?: string;
            /**
             * @description Tolerated; clients are not registered.
             * @example
             */
            readonly client_secret?: string;
        };
        readonly TokenResponse: {
            /**
             * @description Send it as `Authorization: Bearer <access_token>`.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1ZjNlIn0.c2lnbmF0dXJl
             */
            readonly access_token: string;
            /**
             * @example bearer
             * @enum {string}
             */
            readonly token_type: "bearer";
            /**
             * @description Seconds until the access token expires.
             * @example 900
             */
            readonly expires_in: number;
            /**
             * @description Works once; a second use ends the session.
             * @example sPzYnG1n0hT0e0lTqkM3m3m4o9cQ7v1yZyJ8w2b5x6A
             */
            readonly refresh_token: string;
        };
        readonly ApiKeyResponse: {
            /**
             * Format: uuid
             * @example 0b1d3b52-6f0e-4b0a-8f3b-7d0b7e3c9a55
             */
            readonly id: string;
            /**
             * Format: uuid
             * @description Its owner.
             */
            readonly user_id: string;
            /** @example nightly batch */
            readonly name: string;
            /**
             * @example [
             *       "predict"
             *     ]
             */
            readonly scopes: readonly ("predict" | "read" | "operate" | "admin")[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description To the minute; null: never.
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly last_used_at: string | null;
            /**
             * Format: date-time
             * @example null
             */
            readonly expires_at: string | null;
        };
        readonly CreateApiKeyDto: {
            /**
             * @description For people to tell keys apart.
             * @example nightly batch
             */
            readonly name: string;
            /**
             * @description What the key may do: some of the scopes you have yourself.
             * @example [
             *       "predict"
             *     ]
             */
            readonly scopes: readonly ("predict" | "read" | "operate" | "admin")[];
            /**
             * Format: date-time
             * @description When the key stops working; absent or null: when it is deleted.
             * @example 2030-12-31T00:00:00Z
             */
            readonly expires_at?: string | null;
        };
        readonly CreatedApiKeyResponse: {
            /**
             * Format: uuid
             * @example 0b1d3b52-6f0e-4b0a-8f3b-7d0b7e3c9a55
             */
            readonly id: string;
            /**
             * Format: uuid
             * @description Its owner.
             */
            readonly user_id: string;
            /** @example nightly batch */
            readonly name: string;
            /**
             * @example [
             *       "predict"
             *     ]
             */
            readonly scopes: readonly ("predict" | "read" | "operate" | "admin")[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description To the minute; null: never.
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly last_used_at: string | null;
            /**
             * Format: date-time
             * @example null
             */
            readonly expires_at: string | null;
            /**
             * @description The key itself, shown only now. Send it as `X-API-Key`.
             * @example ftl_0b1d3b52-6f0e-4b0a-8f3b-7d0b7e3c9a55_<43 characters>
             */
            readonly key: string;
        };
        readonly JwkResponse: {
            /** @enum {string} */
            readonly kty: "EC";
            /** @enum {string} */
            readonly crv: "P-256";
            /** @example f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU */
            readonly x: string;
            /** @example x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0 */
            readonly y: string;
            /** @description As in the header of the tokens that it signed. */
            readonly kid: string;
            /** @enum {string} */
            readonly use: "sig";
            /** @enum {string} */
            readonly alg: "ES256";
        };
        readonly JwksResponse: {
            /** @description The one that signs now first. */
            readonly keys: readonly components["schemas"]["JwkResponse"][];
        };
        readonly FeatureImportance: {
            /** @example worst perimeter */
            readonly name: string;
            /**
             * @description In the space of the margin.
             * @example 0.91
             */
            readonly mean_absolute_contribution: number;
        };
        readonly ModelImportance: {
            /** @enum {string} */
            readonly method: "linear" | "tree_path_dependent" | "tree_interventional";
            /** @enum {string} */
            readonly background: "training" | "favourable";
            /**
             * @description Training rows that were explained.
             * @example 455
             */
            readonly rows: number;
            /** @description The largest first. */
            readonly features: readonly components["schemas"]["FeatureImportance"][];
        };
        readonly RangeInfo: {
            /** @example 0 */
            readonly min: number | null;
            /** @example 50 */
            readonly max: number | null;
        };
        readonly FeatureInfo: {
            /** @example mean radius */
            readonly name: string;
            /** @enum {string} */
            readonly kind: "numeric" | "categorical";
            /**
             * @description How people call it, where that is not its name.
             * @example null
             */
            readonly label: string | null;
            /**
             * @description The heading under which a form shows it.
             * @example Mean
             */
            readonly group: string | null;
            /** @example um */
            readonly unit: string | null;
            /**
             * @description Smallest value in training.
             * @example 6.981
             */
            readonly min: number | null;
            /**
             * @description Largest value in training.
             * @example 28.11
             */
            readonly max: number | null;
            /** @example 13.37 */
            readonly median: number | null;
            /** @description Declared domain; a value outside it is refused. */
            readonly range: components["schemas"]["RangeInfo"] | null;
            /** @example null */
            readonly categories: readonly string[] | null;
            /**
             * @description Most frequent category in training.
             * @example null
             */
            readonly mode: string | null;
            /**
             * @description A missing value is allowed.
             * @example false
             */
            readonly nullable: boolean;
            /** @example null */
            readonly description: string | null;
        };
        readonly DerivedFeatureInfo: {
            /** @example radius_ratio */
            readonly name: string;
            /** @example worst radius / mean radius */
            readonly expression: string;
        };
        readonly ModelInfoResponse: {
            /** @example foretell */
            readonly name: string;
            /** @example 1 */
            readonly version: string;
            /**
             * @example [
             *       "champion"
             *     ]
             */
            readonly aliases: readonly string[];
            /**
             * @example None
             * @enum {string}
             */
            readonly stage: "None" | "Staging" | "Production" | "Archived";
            /** @example 5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f */
            readonly run_id: string | null;
            /** @example logistic_regression */
            readonly learner: string;
            /**
             * @description Measured on rows held out from training.
             * @example {
             *       "accuracy": 0.97,
             *       "roc_auc": 0.99
             *     }
             */
            readonly metrics: {
                readonly [key: string]: number;
            };
            /**
             * @example {
             *       "c": 1,
             *       "seed": 42
             *     }
             */
            readonly params: {
                readonly [key: string]: string | number | boolean;
            };
            /** @description What each feature counts for in explanations; null where the model cannot explain its answers. */
            readonly importance: components["schemas"]["ModelImportance"] | null;
            /** @example diagnosis */
            readonly target: string;
            /** @example malignant */
            readonly positive_label: string;
            /** @example benign */
            readonly negative_label: string;
            /**
             * @description The positive label is answered from this probability on.
             * @example 0.5
             */
            readonly threshold: number;
            readonly features: readonly components["schemas"]["FeatureInfo"][];
            /** @description Computed inside the model. */
            readonly derived: readonly components["schemas"]["DerivedFeatureInfo"][];
            /**
             * @description sha256 of the training data; null for a model from elsewhere.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            readonly data_digest: string | null;
            /** @example null */
            readonly git_commit: string | null;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.000Z
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:05:00.000Z
             */
            readonly loaded_at: string;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            readonly onnx_sha256: string;
        };
        readonly ModelSummary: {
            /** @example foretell */
            readonly name: string;
            /** @example 3 */
            readonly latest_version: string | null;
            /**
             * @description Alias to version.
             * @example {
             *       "champion": "2"
             *     }
             */
            readonly aliases: {
                readonly [key: string]: string;
            };
        };
        readonly ModelListResponse: {
            readonly items: readonly components["schemas"]["ModelSummary"][];
        };
        readonly ModelVersionInfo: {
            /** @example foretell */
            readonly name: string;
            /** @example 1 */
            readonly version: string;
            /**
             * @example [
             *       "champion"
             *     ]
             */
            readonly aliases: readonly string[];
            /**
             * @example None
             * @enum {string}
             */
            readonly stage: "None" | "Staging" | "Production" | "Archived";
            /** @example 5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f */
            readonly run_id: string | null;
            /** @example  */
            readonly description: string;
            /** @example {} */
            readonly tags: {
                readonly [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.000Z
             */
            readonly created_at: string;
        };
        readonly ModelVersionListResponse: {
            readonly items: readonly components["schemas"]["ModelVersionInfo"][];
        };
        readonly ModelCardFact: {
            /** @example aliases */
            readonly name: string;
            /** @example champion */
            readonly value: string;
        };
        readonly ModelCardResponse: {
            /** @example foretell */
            readonly name: string;
            /** @example 1 */
            readonly version: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.000Z
             */
            readonly generated_at: string;
            /** @description True at that moment. */
            readonly facts: readonly components["schemas"]["ModelCardFact"][];
            /**
             * @description The card, with those facts.
             * @example # Model card: foretell
             */
            readonly markdown: string;
        };
        readonly ThresholdChoiceResponse: {
            /**
             * @description The rule and its settings.
             * @example {
             *       "rule": "fixed",
             *       "value": 0.5
             *     }
             */
            readonly rule: {
                readonly [key: string]: string | number;
            };
            /**
             * @description On out-of-fold scores of the training rows.
             * @example 0.98
             */
            readonly precision: number;
            /** @example 0.94 */
            readonly recall: number;
            /**
             * @description Share answered with the positive label.
             * @example 0.35
             */
            readonly called: number;
            /** @description Mean of a row; null without stated costs. */
            readonly cost: number | null;
        };
        readonly EvaluatedRows: {
            /** @example 456 */
            readonly training: number;
            /** @example 113 */
            readonly held_out: number;
        };
        readonly ConfusionMatrixResponse: {
            /** @example 70 */
            readonly tn: number;
            /** @example 1 */
            readonly fp: number;
            /** @example 0 */
            readonly fn: number;
            /** @example 42 */
            readonly tp: number;
        };
        readonly CrossValidationResponse: {
            /** @example log_loss */
            readonly metric: string;
            /** @example 0.083 */
            readonly mean: number;
            /** @example 0.041 */
            readonly sd: number;
            /** @example 5 */
            readonly folds: number;
        };
        readonly BaselineResponse: {
            /** @example best_feature */
            readonly learner: string;
            /** @example worst perimeter */
            readonly feature: string | null;
            /**
             * @example {
             *       "roc_auc": 0.986
             *     }
             */
            readonly metrics: {
                readonly [key: string]: number;
            };
        };
        readonly GateTolerance: {
            /** @example 0.01 */
            readonly roc_auc: number;
            /** @example 0.02 */
            readonly log_loss: number;
        };
        readonly GatePolicyResponse: {
            /**
             * @example {
             *       "roc_auc": 0.95
             *     }
             */
            readonly thresholds: {
                readonly [key: string]: number;
            };
            /** @description How much worse than the champion it may be. */
            readonly tolerance: components["schemas"]["GateTolerance"];
            /** @example 5 */
            readonly latency_budget_ms: number;
        };
        readonly RocPointResponse: {
            /** @example 0 */
            readonly fpr: number;
            /** @example 0.95 */
            readonly tpr: number;
            /**
             * @description null: no row is called.
             * @example 0.61
             */
            readonly threshold: number | null;
        };
        readonly RocResponse: {
            /**
             * @description Of all rows.
             * @example 0.9997
             */
            readonly auc: number;
            /** @description At most 200; their area is that of all rows to a thousandth. */
            readonly points: readonly components["schemas"]["RocPointResponse"][];
        };
        readonly PrecisionRecallPointResponse: {
            /** @example 0.95 */
            readonly recall: number;
            /** @example 1 */
            readonly precision: number;
            /** @example 0.61 */
            readonly threshold: number;
        };
        readonly PrecisionRecallResponse: {
            /**
             * @description Of all rows.
             * @example 0.9994
             */
            readonly average_precision: number;
            /** @description At most 200. */
            readonly points: readonly components["schemas"]["PrecisionRecallPointResponse"][];
        };
        readonly ObservedShare: {
            /** @example 0.09 */
            readonly value: number;
            /**
             * @description Wilson's interval at 95 %.
             * @example 0.016
             */
            readonly low: number;
            /** @example 0.377 */
            readonly high: number;
            /** @example 11 */
            readonly n: number;
        };
        readonly HeldOutCalibrationBin: {
            /**
             * @description Lowest and highest probability in it.
             * @example 0.02
             */
            readonly low: number;
            /** @example 0.11 */
            readonly high: number;
            /** @example 0.06 */
            readonly mean_probability: number;
            /** @description Share of rows with the positive label. */
            readonly observed: components["schemas"]["ObservedShare"];
        };
        readonly HeldOutCalibration: {
            /** @example 0.021 */
            readonly expected_calibration_error: number | null;
            /** @description At most ten, of equal counts. */
            readonly bins: readonly components["schemas"]["HeldOutCalibrationBin"][];
        };
        readonly ConfusionAtThreshold: {
            /** @example 70 */
            readonly tn: number;
            /** @example 1 */
            readonly fp: number;
            /** @example 0 */
            readonly fn: number;
            /** @example 42 */
            readonly tp: number;
            /** @example 0.5 */
            readonly threshold: number;
        };
        readonly ScoresByClass: {
            /** @description 21, from 0 to 1; the last bin includes 1. */
            readonly edges: readonly number[];
            /** @description Rows with the positive label in each bin. */
            readonly positive: readonly number[];
            readonly negative: readonly number[];
        };
        readonly HeldOutCurvesResponse: {
            /**
             * @description Rows behind them: those of the bundle.
             * @example 113
             */
            readonly rows: number;
            /** @example 42 */
            readonly positives: number;
            /** @description null for rows of one class. */
            readonly roc: components["schemas"]["RocResponse"] | null;
            readonly precision_recall: components["schemas"]["PrecisionRecallResponse"] | null;
            readonly calibration: components["schemas"]["HeldOutCalibration"];
            /** @description At 0, 0.01, ..., 1. */
            readonly thresholds: readonly components["schemas"]["ConfusionAtThreshold"][];
            readonly scores: components["schemas"]["ScoresByClass"];
        };
        readonly ModelEvaluationResponse: {
            /** @example foretell */
            readonly name: string;
            /** @example 1 */
            readonly version: string;
            /** @example 5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f */
            readonly run_id: string | null;
            /** @example logistic_regression */
            readonly learner: string;
            /**
             * @example {
             *       "C": 1
             *     }
             */
            readonly params: {
                readonly [key: string]: string | number | boolean;
            };
            /** @example malignant */
            readonly positive_label: string;
            /** @example benign */
            readonly negative_label: string;
            /** @example 0.5 */
            readonly threshold: number;
            readonly threshold_choice: components["schemas"]["ThresholdChoiceResponse"] | null;
            /**
             * @description Of the held-out rows.
             * @example {
             *       "roc_auc": 0.99
             *     }
             */
            readonly metrics: {
                readonly [key: string]: number;
            };
            /**
             * @description Of the metrics that have one, at 95 %, and by whose method.
             * @example {
             *       "roc_auc": {
             *         "low": 0.98,
             *         "high": 1,
             *         "method": "DeLong"
             *       }
             *     }
             */
            readonly intervals: {
                readonly [key: string]: {
                    readonly low: number;
                    readonly high: number;
                    readonly method: string;
                };
            };
            readonly rows: components["schemas"]["EvaluatedRows"] | null;
            /** @description At the threshold. */
            readonly confusion_matrix: components["schemas"]["ConfusionMatrixResponse"] | null;
            readonly cross_validation: components["schemas"]["CrossValidationResponse"] | null;
            /** @description What models that know next to nothing reach on the same rows. */
            readonly baselines: readonly components["schemas"]["BaselineResponse"][];
            /** @description What the gate asks. */
            readonly gate: components["schemas"]["GatePolicyResponse"] | null;
            /** @description Of the held-out rows that the bundle carries; null where it carries none. */
            readonly curves: components["schemas"]["HeldOutCurvesResponse"] | null;
        };
        readonly RunResponse: {
            /** @example cd66d4bed44c200f858ac32311f365ae */
            readonly run_id: string;
            /** @description The training that this candidate belongs to. */
            readonly parent_run_id: string | null;
            /** @example logistic_regression, C 1 */
            readonly name: string;
            /** @example FINISHED */
            readonly status: string;
            /** Format: date-time */
            readonly start_time: string;
            /** Format: date-time */
            readonly end_time: string | null;
            /**
             * @example {
             *       "C": "1"
             *     }
             */
            readonly params: {
                readonly [key: string]: string;
            };
            /**
             * @example {
             *       "log_loss": 0.0825
             *     }
             */
            readonly metrics: {
                readonly [key: string]: number;
            };
            /** @example {} */
            readonly tags: {
                readonly [key: string]: string;
            };
        };
        readonly RunListResponse: {
            readonly items: readonly components["schemas"]["RunResponse"][];
            readonly next_cursor: string | null;
        };
        readonly ServedVersion: {
            /** @example foretell */
            readonly name: string;
            /** @example 2 */
            readonly version: string;
        };
        readonly ReloadResponse: {
            /** @description The version being served now. */
            readonly model: components["schemas"]["ServedVersion"];
            /**
             * @description Whether another one was served before.
             * @example true
             */
            readonly changed: boolean;
        };
        readonly ChallengerRequest: {
            /**
             * @description shadow: scores what the champion answers, unseen by callers. canary: answers a share of the requests.
             * @enum {string}
             */
            readonly mode: "off" | "shadow" | "canary";
            /**
             * @description Share of the requests that a canary answers; required for one.
             * @example 0.1
             */
            readonly share?: number;
        };
        readonly ChallengerResponse: {
            /** @enum {string} */
            readonly mode: "off" | "shadow" | "canary";
            /**
             * @description 0 unless the mode is canary.
             * @example 0.1
             */
            readonly share: number;
            /** @description The version with the alias challenger; null where there is none to load. */
            readonly model: components["schemas"]["ServedVersion"] | null;
        };
        readonly WebhookResponse: {
            /**
             * @description Whether the event is about a model served here.
             * @example true
             */
            readonly followed: boolean;
        };
        readonly ModelReference: {
            /** @example foretell */
            readonly name: string;
            /** @example 1 */
            readonly version: string;
        };
        readonly WarningResponse: {
            /** @example mean radius */
            readonly feature: string;
            /** @enum {string} */
            readonly code: "outside_training_range";
        };
        readonly ReasonResponse: {
            /** @example MEAN_RADIUS */
            readonly code: string;
            /** @example mean radius */
            readonly feature: string;
            /** @description Never holds the caller's value. */
            readonly text: string;
            /** @example 0.82 */
            readonly contribution: number;
        };
        readonly ExplanationResponse: {
            /** @enum {string} */
            readonly method: "linear" | "tree_path_dependent" | "tree_interventional";
            /**
             * @description The rows that the answer is compared with.
             * @enum {string}
             */
            readonly background: "training" | "favourable";
            /** @example 100 */
            readonly background_rows: number;
            /**
             * @description What the figures are in.
             * @enum {string}
             */
            readonly space: "log_odds" | "probability";
            /**
             * @description The rising curve between `output` and the probability.
             * @enum {string}
             */
            readonly calibration: "none" | "platt" | "isotonic";
            /**
             * @description The mean margin of the background.
             * @example -1.2
             */
            readonly base_value: number;
            /**
             * @description The margin of this row: `base_value` and all contributions together.
             * @example 2.4
             */
            readonly output: number;
            /**
             * @description Of each feature, by its name.
             * @example {
             *       "mean radius": 0.82
             *     }
             */
            readonly contributions: {
                readonly [key: string]: number;
            };
            /** @description Only of an adverse answer: the features that speak for it most, at most four, largest first. */
            readonly reasons: readonly components["schemas"]["ReasonResponse"][];
        };
        readonly PredictionResponse: {
            /**
             * Format: uuid
             * @example 2f1f0a36-6a51-4b7a-a6f1-0d0c1a9f3b52
             */
            readonly id: string;
            /** @description The positive or the negative label of the model. */
            readonly label: string;
            /**
             * @description Probability of the positive class.
             * @example 0.9731
             */
            readonly probability: number;
            /**
             * @description From this probability on, the label is the positive one.
             * @example 0.5
             */
            readonly threshold: number;
            readonly model: components["schemas"]["ModelReference"];
            /** @description Values that training never saw: answered, and to be read with care. */
            readonly warnings: readonly components["schemas"]["WarningResponse"][];
            /** @description Where `?explain` asked for it. */
            readonly explanation?: components["schemas"]["ExplanationResponse"];
        };
        readonly ChangedFeatureResponse: {
            /** @example worst radius */
            readonly feature: string;
            /**
             * @description As it was sent.
             * @example 16.8
             */
            readonly from: (number | string) | null;
            /** @example 14.2 */
            readonly to: number | string;
        };
        readonly ChangeResponse: {
            readonly features: readonly components["schemas"]["ChangedFeatureResponse"][];
            /** @description What /predict answers for the changed row: the target label. */
            readonly label: string;
            /**
             * @description Probability of the positive class.
             * @example 0.4973
             */
            readonly probability: number;
            /**
             * @description Sum over the changed features: of a number the change over the distance between the 5 % and the 95 % quantile of training, of a category 1.
             * @example 0.19
             */
            readonly distance: number;
        };
        readonly WhatIfSearchResponse: {
            /**
             * @description beam: changes of so many features are too many to try; the nearest were carried on.
             * @enum {string}
             */
            readonly method: "grid" | "beam";
            /**
             * @description Values of single features in the grid.
             * @example 2841
             */
            readonly candidates: number;
            /**
             * @description Changed rows that the model scored.
             * @example 2873
             */
            readonly scored: number;
            /** @description Whether every change in the grid of as many features or fewer (without a change: of any number) was tried or costs more. */
            readonly exhaustive: boolean;
        };
        readonly WhatIfResponse: {
            /** @description Of the row as it was sent. */
            readonly label: string;
            /**
             * @description Probability of the positive class.
             * @example 0.9731
             */
            readonly probability: number;
            /**
             * @description From this probability on, the label is the positive one.
             * @example 0.5
             */
            readonly threshold: number;
            readonly model: components["schemas"]["ModelReference"];
            /** @description The other label. */
            readonly target_label: string;
            /** @description The smallest change found that gives the target label; null where none was found. */
            readonly change: components["schemas"]["ChangeResponse"] | null;
            readonly search: components["schemas"]["WhatIfSearchResponse"];
        };
        readonly InvocationPrediction: {
            /**
             * @description 1 where the probability reaches the threshold.
             * @enum {number}
             */
            readonly label: 0 | 1;
            /** @description Probability of the positive class. */
            readonly probability: number;
        };
        readonly InvocationsResponse: {
            readonly predictions: readonly components["schemas"]["InvocationPrediction"][];
        };
        readonly ServerMetadataResponse: {
            /** @example foretell */
            readonly name: string;
            /** @example 0.1.0 */
            readonly version: string;
            /**
             * @example [
             *       "binary_tensor_data"
             *     ]
             */
            readonly extensions: readonly string[];
        };
        readonly ServerLiveResponse: {
            readonly live: boolean;
        };
        readonly ServerReadyResponse: {
            readonly ready: boolean;
        };
        readonly TensorMetadata: {
            /** @example features */
            readonly name: string;
            /** @example FP32 */
            readonly datatype: string;
            /** @description -1: any number of rows. */
            readonly shape: readonly number[];
        };
        readonly ModelMetadataResponse: {
            /** @example foretell */
            readonly name: string;
            /** @description The champion first. */
            readonly versions: readonly string[];
            /** @enum {string} */
            readonly platform: "onnx_onnxv1";
            readonly inputs: readonly components["schemas"]["TensorMetadata"][];
            readonly outputs: readonly components["schemas"]["TensorMetadata"][];
            /** @description What may be sent in place of `features`, one tensor each; in its order. */
            readonly columns: readonly components["schemas"]["TensorMetadata"][];
        };
        readonly ModelReadyResponse: {
            /** @example foretell */
            readonly name: string;
            readonly ready: boolean;
        };
        readonly OutputTensor: {
            /** @example features */
            readonly name: string;
            /** @example FP32 */
            readonly datatype: string;
            /** @description -1: any number of rows. */
            readonly shape: readonly number[];
            readonly data: readonly unknown[];
        };
        readonly InferenceResponse: {
            /** @example foretell */
            readonly model_name: string;
            /** @example 1 */
            readonly model_version: string;
            /** @description As it came. */
            readonly id?: string;
            readonly outputs: readonly components["schemas"]["OutputTensor"][];
        };
        readonly LoggedPredictionResponse: {
            /**
             * Format: uuid
             * @example 2f1f0a36-6a51-4b7a-a6f1-0d0c1a9f3b52
             */
            readonly id: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly created_at: string;
            /** Format: uuid */
            readonly user_id: string;
            /** @description `token:` and a session id, or `api_key:` and a key id. */
            readonly credential: string;
            /** @description The caller's own reference. */
            readonly key: string | null;
            readonly model: components["schemas"]["ModelReference"];
            /** @description The features as they came. */
            readonly features: {
                readonly [key: string]: unknown;
            };
            /** @description Probability of the positive class. */
            readonly probability: number;
            readonly label: string;
            /** @description From this probability on, the label is the positive one. */
            readonly threshold: number;
            readonly warnings: readonly components["schemas"]["WarningResponse"][];
            /** @description To encode and score the row, milliseconds. */
            readonly duration_ms: number;
            /** @description Processor use of the whole process since the prediction before, in percent of one core. */
            readonly cpu_percent: number;
            /** @description Resident memory of the process. */
            readonly memory_bytes: number;
            /** @description As it was answered; null where nobody asked why. */
            readonly explanation: components["schemas"]["ExplanationResponse"] | null;
            /**
             * @description Of the log's hash chain; null for predictions from before it.
             * @example kQ0aVb3xTz1u:42
             */
            readonly block: string | null;
        };
        readonly PredictionPageResponse: {
            readonly items: readonly components["schemas"]["LoggedPredictionResponse"][];
            /** @description Send as `cursor` for the next page; null on the last. */
            readonly next_cursor: string | null;
        };
        readonly ErasureResponse: {
            /** @description How many predictions went. */
            readonly predictions: number;
            /** @description What challengers had said about them. */
            readonly comparisons: number;
            /** @description Labels that had come for them. */
            readonly labels: number;
        };
        readonly FeedbackItem: {
            /**
             * Format: uuid
             * @description The id that the prediction answered with.
             * @example 019a3f0a-6a51-7b7a-a6f1-0d0c1a9f3b52
             */
            readonly prediction_id: string;
            /**
             * @description The positive or the negative label of the model; or the positive class as the data write it.
             * @example malignant
             */
            readonly label: string;
            /**
             * Format: date-time
             * @description When it came to be known; when it was received, unless said.
             */
            readonly observed_at?: string;
            /**
             * @description What the row belongs to by attributes that the model never sees, for GET /monitoring/fairness: at most 10 names of at most 64 characters.
             * @example {
             *       "sex": "female"
             *     }
             */
            readonly groups?: {
                readonly [key: string]: string;
            };
        };
        readonly FeedbackRequest: {
            readonly items: readonly components["schemas"]["FeedbackItem"][];
        };
        readonly FeedbackItemResult: {
            /**
             * Format: uuid
             * @description The id that the prediction answered with.
             * @example 019a3f0a-6a51-7b7a-a6f1-0d0c1a9f3b52
             */
            readonly prediction_id: string;
            /**
             * @description accepted: the first label; updated: another than before; duplicate: known already; unknown: there is no such prediction; conflict: this request says different things of it, and nothing is stored for it.
             * @enum {string}
             */
            readonly result: "accepted" | "updated" | "duplicate" | "unknown" | "conflict";
        };
        readonly FeedbackResponse: {
            /** @description One an item, in their order. */
            readonly items: readonly components["schemas"]["FeedbackItemResult"][];
        };
        readonly StatementResponse: {
            /** @description From 1; one more with every change. */
            readonly revision: number;
            /**
             * @description The positive or the negative label of the model; or the positive class as the data write it.
             * @example malignant
             */
            readonly label: string;
            /**
             * Format: date-time
             * @description When it came to be known; when it was received, unless said.
             */
            readonly observed_at: string | null;
            /**
             * @description What the row belongs to by attributes that the model never sees, for GET /monitoring/fairness: at most 10 names of at most 64 characters.
             * @example {
             *       "sex": "female"
             *     }
             */
            readonly groups: {
                readonly [key: string]: string;
            } | null;
            /** Format: date-time */
            readonly received_at: string;
            /**
             * Format: uuid
             * @description Who said so.
             */
            readonly user_id: string;
            /** @description `token:` and a session id, or `api_key:` and a key id. */
            readonly credential: string;
        };
        readonly LabelResponse: {
            /** @description From 1; one more with every change. */
            readonly revision: number;
            /**
             * @description The positive or the negative label of the model; or the positive class as the data write it.
             * @example malignant
             */
            readonly label: string;
            /**
             * Format: date-time
             * @description When it came to be known; when it was received, unless said.
             */
            readonly observed_at: string | null;
            /**
             * @description What the row belongs to by attributes that the model never sees, for GET /monitoring/fairness: at most 10 names of at most 64 characters.
             * @example {
             *       "sex": "female"
             *     }
             */
            readonly groups: {
                readonly [key: string]: string;
            } | null;
            /** Format: date-time */
            readonly received_at: string;
            /**
             * Format: uuid
             * @description Who said so.
             */
            readonly user_id: string;
            /** @description `token:` and a session id, or `api_key:` and a key id. */
            readonly credential: string;
            /**
             * Format: uuid
             * @description The id that the prediction answered with.
             * @example 019a3f0a-6a51-7b7a-a6f1-0d0c1a9f3b52
             */
            readonly prediction_id: string;
            /** @description Every state of the label, the newest first. */
            readonly history: readonly components["schemas"]["StatementResponse"][];
        };
        readonly JobErrorResponse: {
            /** @example INVALID_INPUT */
            readonly code: string;
            readonly title: string;
            /** @description What is wrong, with the line where there is one. */
            readonly detail: string;
        };
        readonly JobResponse: {
            /** Format: uuid */
            readonly id: string;
            /** @enum {string} */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
            /**
             * @description Of the rows as they came.
             * @enum {string}
             */
            readonly format: "json" | "ndjson" | "csv" | "parquet";
            /** @description s3://bucket/key; null: an upload. */
            readonly input: string | null;
            /** @description s3://bucket/key, where the result is put as well. */
            readonly output: string | null;
            /**
             * @description How every row is explained; null: not at all.
             * @enum {string|null}
             */
            readonly explain: "default" | "path_dependent" | "interventional" | null;
            /** @description The version that was live when the work began; it answers every row. */
            readonly model: components["schemas"]["ModelReference"] | null;
            /** @description Rows in the result so far, refused ones included. */
            readonly rows_done: number;
            /** @description Those of them that were refused. */
            readonly rows_refused: number;
            /** @description Known when all have been read. */
            readonly rows_total: number | null;
            /** @description Of the input; 0 for Parquet until it is done. */
            readonly bytes_read: number;
            readonly bytes_total: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly finished_at: string | null;
            /** @description Why it failed. */
            readonly error: components["schemas"]["JobErrorResponse"] | null;
        };
        readonly JobPageResponse: {
            /** @description Newest first. */
            readonly items: readonly components["schemas"]["JobResponse"][];
            /** @description null on the last page. */
            readonly next_cursor: string | null;
        };
        readonly PromoteRequest: {
            /**
             * @description Kept in the history.
             * @example Retrained on the second quarter
             */
            readonly reason?: string;
            /** @example 2 */
            readonly version: string;
            /**
             * @description Overrules a gate that refuses; needs a reason.
             * @default false
             */
            readonly force: boolean;
        };
        readonly IntervalResponse: {
            /** @example -0.004 */
            readonly low: number;
            /** @example 0.006 */
            readonly high: number;
        };
        readonly GateCheckResponse: {
            /** @example roc_auc_vs_champion */
            readonly name: string;
            readonly passed: boolean;
            /**
             * @description Measured.
             * @example 0.001
             */
            readonly value: number | null;
            /** @example -0.01 */
            readonly limit: number | null;
            /** @description Of an estimate. */
            readonly interval: components["schemas"]["IntervalResponse"] | null;
            /** @example challenger minus champion on 113 rows, DeLong */
            readonly detail: string;
        };
        readonly PromotionResponse: {
            /** @example foretell */
            readonly model: string;
            /**
             * @description The champion now.
             * @example 2
             */
            readonly version: string;
            /**
             * @description The champion before.
             * @example 1
             */
            readonly from_version: string | null;
            /** @description Whether this server answers with the version by now. */
            readonly serving: boolean;
            /**
             * @description Why it does not.
             * @example null
             */
            readonly serving_problem: string | null;
            /** @description The gate refused and was overruled. */
            readonly forced: boolean;
            readonly passed: boolean;
            readonly checks: readonly components["schemas"]["GateCheckResponse"][];
        };
        readonly RollbackRequest: {
            /**
             * @description Kept in the history.
             * @example Retrained on the second quarter
             */
            readonly reason?: string;
        };
        readonly RollbackResponse: {
            /** @example foretell */
            readonly model: string;
            /**
             * @description The champion now.
             * @example 2
             */
            readonly version: string;
            /**
             * @description The champion before.
             * @example 1
             */
            readonly from_version: string | null;
            /** @description Whether this server answers with the version by now. */
            readonly serving: boolean;
            /**
             * @description Why it does not.
             * @example null
             */
            readonly serving_problem: string | null;
        };
        readonly GateReportResponse: {
            readonly passed: boolean;
            readonly checks: readonly components["schemas"]["GateCheckResponse"][];
        };
        readonly ModelEventResponse: {
            /** @example 7 */
            readonly id: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            readonly at: string;
            /** @enum {string} */
            readonly kind: "alias_moved" | "serving_started" | "serving_ended" | "load_failed" | "promotion_refused";
            /** @example foretell */
            readonly model: string;
            /** @example champion */
            readonly alias: string | null;
            /** @example 2 */
            readonly version: string | null;
            /**
             * @description Of a move: where from.
             * @example 1
             */
            readonly from_version: string | null;
            /**
             * @description A user name; `cli`; `registry` for what was seen there; `server` for its own doing.
             * @example admin
             */
            readonly actor: string;
            /**
             * @description Of a move.
             * @enum {string|null}
             */
            readonly cause: "promotion" | "forced_promotion" | "rollback" | "outside" | "undone" | null;
            /** @example null */
            readonly reason: string | null;
            readonly report: components["schemas"]["GateReportResponse"] | null;
            /** @description Which server it was that served. */
            readonly server: string | null;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            readonly onnx_sha256: string | null;
            /** @example 5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f */
            readonly run_id: string | null;
            /**
             * @description sha256 of the training data.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            readonly data_digest: string | null;
            /** @example null */
            readonly git_commit: string | null;
            /**
             * @example {
             *       "C": 0.1,
             *       "random_state": 42
             *     }
             */
            readonly params: {
                readonly [key: string]: unknown;
            } | null;
        };
        readonly HistoryResponse: {
            readonly items: readonly components["schemas"]["ModelEventResponse"][];
            /** @description Send as `cursor` for the next page; null on the last. */
            readonly next_cursor: string | null;
        };
        readonly LineageModel: {
            /** @example foretell */
            readonly name: string;
            /** @example 2 */
            readonly version: string;
        };
        readonly LineageMove: {
            /** Format: date-time */
            readonly at: string;
            /** @example champion */
            readonly alias: string;
            /** @example 1 */
            readonly from_version: string | null;
            /** @example admin */
            readonly actor: string;
            /** @enum {string|null} */
            readonly cause: "promotion" | "forced_promotion" | "rollback" | "outside" | "undone" | null;
            /** @example null */
            readonly reason: string | null;
        };
        readonly LineageResponse: {
            /** Format: uuid */
            readonly prediction_id: string;
            /** Format: date-time */
            readonly predicted_at: string;
            readonly model: components["schemas"]["LineageModel"];
            /**
             * @description champion or challenger.
             * @example champion
             */
            readonly served_as: string | null;
            /** Format: date-time */
            readonly serving_since: string | null;
            /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            readonly onnx_sha256: string | null;
            /** @example 5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f */
            readonly run_id: string | null;
            /**
             * @example {
             *       "C": 0.1,
             *       "random_state": 42
             *     }
             */
            readonly params: {
                readonly [key: string]: unknown;
            } | null;
            /**
             * @description sha256 of the training data.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            readonly data_digest: string | null;
            /** @example null */
            readonly git_commit: string | null;
            /** @description The moves that made this version what it was, up to the prediction. */
            readonly alias_moves: readonly components["schemas"]["LineageMove"][];
        };
        readonly WindowBounds: {
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
        };
        readonly LatencySummary: {
            readonly mean: number;
            readonly p95: number;
        };
        readonly SideResponse: {
            /** @example 2 */
            readonly version: string;
            /** @description Rows behind the figures. */
            readonly n: number;
            /** @description Share with the positive label. */
            readonly high_risk_rate: number | null;
            readonly mean_score: number | null;
            /** @description To encode and score a row, milliseconds. */
            readonly latency_ms: components["schemas"]["LatencySummary"] | null;
        };
        readonly ComparisonResponse: {
            readonly window: components["schemas"]["WindowBounds"];
            /** @enum {string} */
            readonly mode: "off" | "shadow" | "canary";
            /** @description Of the callers that a canary answers; 0 in the other modes. */
            readonly share: number;
            /** @enum {string} */
            readonly convention: "paired" | "groups";
            /** @description `paired`: pairs; `groups`: answers of both. */
            readonly n: number;
            /** @description The figures rest on the newest rows only; the window may hold more. */
            readonly truncated: boolean;
            /** @description Share of pairs with different labels. */
            readonly disagreement_rate: number | null;
            /** @description Between the probabilities of a pair. */
            readonly mean_abs_difference: number | null;
            readonly max_abs_difference: number | null;
            /** @description Pearson's; null where either side does not vary. */
            readonly score_correlation: number | null;
            /** @description Rows that the challenger could not score; each was answered by the champion all the same. */
            readonly errors: number;
            /** @description null while none is served. */
            readonly champion: components["schemas"]["SideResponse"] | null;
            /** @description null while there is none. */
            readonly challenger: components["schemas"]["SideResponse"] | null;
        };
        readonly ExplainedModel: {
            /** @example foretell */
            readonly name: string;
            /** @example 2 */
            readonly version: string;
        };
        readonly LabelRowsResponse: {
            /** @example malignant */
            readonly label: string;
            readonly rows: number;
        };
        readonly LabelMeansResponse: {
            /** @example 0.31 */
            readonly mean_absolute_contribution: number;
            /**
             * @description Above 0: for the positive label.
             * @example -0.12
             */
            readonly mean_contribution: number;
            /** @example malignant */
            readonly label: string;
        };
        readonly FeatureSummaryResponse: {
            /** @example 0.31 */
            readonly mean_absolute_contribution: number;
            /**
             * @description Above 0: for the positive label.
             * @example -0.12
             */
            readonly mean_contribution: number;
            /** @example mean radius */
            readonly name: string;
            readonly by_label: readonly components["schemas"]["LabelMeansResponse"][];
        };
        readonly ExplanationGroupResponse: {
            readonly model: components["schemas"]["ExplainedModel"];
            /** @enum {string} */
            readonly method: "linear" | "tree_path_dependent" | "tree_interventional";
            /** @enum {string} */
            readonly background: "training" | "favourable";
            /**
             * @description What the figures are in.
             * @enum {string}
             */
            readonly space: "log_odds" | "probability";
            readonly rows: number;
            readonly labels: readonly components["schemas"]["LabelRowsResponse"][];
            /** @description The largest mean absolute contribution first. */
            readonly features: readonly components["schemas"]["FeatureSummaryResponse"][];
        };
        readonly ExplanationsResponse: {
            readonly window: components["schemas"]["WindowBounds"];
            /** @description Stored explanations in the window; 0 where nobody asked for one. */
            readonly rows: number;
            /** @description One per model version, method and background, that with the most rows first. */
            readonly groups: readonly components["schemas"]["ExplanationGroupResponse"][];
        };
        readonly LabelShareResponse: {
            /** @example malignant */
            readonly label: string;
            readonly rows: number;
            readonly share: number;
        };
        readonly ScoresResponse: {
            readonly mean: number | null;
            readonly min: number | null;
            readonly max: number | null;
            /** @description 21 bounds of 20 bins over [0, 1]; a bin includes its lower bound. */
            readonly edges: readonly number[];
            /** @description Rows in each bin. */
            readonly counts: readonly number[];
            /** @description Rows of training in the same bins, of the champion or of the version asked for; null where it is not served or does not tell. */
            readonly reference: readonly number[] | null;
        };
        readonly PercentilesResponse: {
            readonly mean: number | null;
            readonly min: number | null;
            readonly max: number | null;
            readonly p50: number | null;
            readonly p95: number | null;
            readonly p99: number | null;
        };
        readonly SpreadResponse: {
            readonly mean: number | null;
            readonly min: number | null;
            readonly max: number | null;
        };
        readonly ErrorsResponse: {
            readonly total: number;
            /** @description Of the requests. */
            readonly rate: number | null;
            /**
             * @example {
             *       "invalid_input": 0,
             *       "unauthorized": 0,
             *       "not_found": 0,
             *       "too_large": 0,
             *       "rate_limited": 0,
             *       "overloaded": 0,
             *       "model_error": 0,
             *       "client_left": 0
             *     }
             */
            readonly by_kind: {
                readonly [key: string]: number;
            };
        };
        readonly ThroughputResponse: {
            readonly rows_per_second: number | null;
            readonly requests_per_second: number | null;
            /** @description Of the busiest point of the series. */
            readonly peak_rows_per_second: number | null;
        };
        readonly StageLatencies: {
            readonly validate: components["schemas"]["PercentilesResponse"];
            readonly infer: components["schemas"]["PercentilesResponse"];
            /** @description Where it was asked for. */
            readonly explain: components["schemas"]["PercentilesResponse"];
            readonly log: components["schemas"]["PercentilesResponse"];
        };
        readonly LatencyResponse: {
            readonly mean: number | null;
            readonly min: number | null;
            readonly max: number | null;
            readonly p50: number | null;
            readonly p95: number | null;
            readonly p99: number | null;
            /** @description Of the rows of one request. */
            readonly stages: components["schemas"]["StageLatencies"];
        };
        readonly ProcessResponse: {
            /** @description Of one core. */
            readonly cpu_percent: components["schemas"]["SpreadResponse"];
            readonly memory_bytes: components["schemas"]["SpreadResponse"];
            /** @description The longest of each second. */
            readonly event_loop_lag_ms: components["schemas"]["SpreadResponse"];
        };
        readonly MeanAndP95Response: {
            readonly mean: number | null;
            readonly p95: number | null;
        };
        readonly MovingAveragesResponse: {
            readonly latency_ms: number | null;
            readonly row_latency_ms: number | null;
            readonly cpu_percent: number | null;
            readonly memory_bytes: number | null;
            readonly score: number | null;
        };
        readonly SummaryPointResponse: {
            /**
             * Format: date-time
             * @description Where the point begins.
             */
            readonly at: string;
            readonly rows: number;
            readonly high_risk_rate: number | null;
            readonly mean_score: number | null;
            readonly row_latency_ms: components["schemas"]["MeanAndP95Response"];
            readonly requests: number | null;
            readonly errors: number | null;
            readonly rows_per_second: number | null;
            readonly latency_ms: components["schemas"]["MeanAndP95Response"] | null;
            readonly cpu_percent: number | null;
            readonly memory_bytes: number | null;
            /** @description Means over the rows, or requests, of this point and those before it together. */
            readonly moving_average: components["schemas"]["MovingAveragesResponse"];
        };
        readonly VersionPointResponse: {
            /**
             * Format: date-time
             * @description Where the point begins.
             */
            readonly at: string;
            readonly rows: number;
            readonly high_risk_rate: number | null;
            readonly mean_score: number | null;
            readonly row_latency_ms: components["schemas"]["MeanAndP95Response"];
        };
        readonly VersionSummaryResponse: {
            /** @description Predictions in the log. */
            readonly rows: number;
            /** @description Of rows whose probability reached the threshold. */
            readonly high_risk_rate: number | null;
            /** @description Of rows with a value outside what training saw. */
            readonly warning_rate: number | null;
            /** @description The most frequent first. */
            readonly labels: readonly components["schemas"]["LabelShareResponse"][];
            readonly scores: components["schemas"]["ScoresResponse"];
            /** @description To encode and score a row. */
            readonly row_latency_ms: components["schemas"]["PercentilesResponse"];
            /** @description Of the process, as each row found it. */
            readonly cpu_percent: components["schemas"]["SpreadResponse"];
            /** @description Of the process, as each row found it. */
            readonly memory_bytes: components["schemas"]["SpreadResponse"];
            /** @example foretell */
            readonly model: string;
            /** @example 2 */
            readonly version: string;
            /**
             * @description null: not served now.
             * @enum {string|null}
             */
            readonly role: "champion" | "challenger" | null;
            readonly rows_per_second: number | null;
            /** @description Points without a row of the version are left out. */
            readonly series: readonly components["schemas"]["VersionPointResponse"][];
        };
        readonly SummaryResponse: {
            /** @description Predictions in the log. */
            readonly rows: number;
            /** @description Of rows whose probability reached the threshold. */
            readonly high_risk_rate: number | null;
            /** @description Of rows with a value outside what training saw. */
            readonly warning_rate: number | null;
            /** @description The most frequent first. */
            readonly labels: readonly components["schemas"]["LabelShareResponse"][];
            readonly scores: components["schemas"]["ScoresResponse"];
            /** @description To encode and score a row. */
            readonly row_latency_ms: components["schemas"]["PercentilesResponse"];
            /** @description Of the process, as each row found it. */
            readonly cpu_percent: components["schemas"]["SpreadResponse"];
            /** @description Of the process, as each row found it. */
            readonly memory_bytes: components["schemas"]["SpreadResponse"];
            /** @description What the figures are exact for. */
            readonly window: components["schemas"]["WindowBounds"];
            /** @description As asked for. */
            readonly version: string | null;
            /**
             * @description How p50, p95 and p99 are known; all other figures are exact.
             * @example sketched within 1 %
             */
            readonly percentiles: string;
            /** @description Of all prediction routes, the refused ones too. */
            readonly requests: number | null;
            readonly errors: components["schemas"]["ErrorsResponse"] | null;
            readonly throughput: components["schemas"]["ThroughputResponse"];
            /** @description Of a request, from its first byte to the last of its answer. */
            readonly latency_ms: components["schemas"]["LatencyResponse"] | null;
            /** @description Of a server process, second by second. */
            readonly process: components["schemas"]["ProcessResponse"] | null;
            /** @description Between two points of the series. */
            readonly step_seconds: number;
            /** @description Points that a moving average goes over. */
            readonly moving_average_points: number;
            /** @description Oldest first, at most 300, also those without a row. */
            readonly series: readonly components["schemas"]["SummaryPointResponse"][];
            /** @description Champion and challenger first; then the others, that with the most rows first. */
            readonly versions: readonly components["schemas"]["VersionSummaryResponse"][];
        };
        readonly EvaluatedModel: {
            /** @example foretell */
            readonly name: string;
            /** @example 2 */
            readonly version: string;
        };
        readonly ReferenceResponse: {
            /** @description sha256 of drift.json of the bundle. */
            readonly digest: string;
            /** @description Training rows behind the features. */
            readonly rows: number;
            /**
             * @description Whose scores the score and the label are compared with: rows that the model had not seen.
             * @enum {string}
             */
            readonly predictions: "out_of_fold" | "held_out";
        };
        readonly DriftWindow: {
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
            /** @description That the version answered between the bounds, both inclusive. */
            readonly rows: number;
            /** @description Of these the rows behind every figure. */
            readonly sampled: number;
            /** @description How they were taken; following it again gives the same rows. */
            readonly rule: string;
        };
        readonly SignificanceResponse: {
            /** @enum {string} */
            readonly test: "ks" | "contingency";
            readonly p_value: number;
        };
        readonly MissingResponse: {
            /** @description Share of the rows of the reference without a value. */
            readonly reference: number | null;
            /** @description Share of the rows of the window without a value. */
            readonly current: number | null;
            /** @enum {string} */
            readonly test: "contingency";
            readonly p_value: number | null;
            /** @description Of the difference of both. */
            readonly threshold: number;
            /**
             * @description drift: the difference reaches the threshold and is significant among all features.
             * @enum {string}
             */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
        };
        readonly FeatureDriftResponse: {
            /** @example mean radius */
            readonly name: string;
            /** @enum {string} */
            readonly kind: "numeric" | "categorical";
            /** @example wasserstein */
            readonly method: string;
            /** @enum {string} */
            readonly convention: "evidently-0.7" | "nannyml-0.13" | "decile";
            /** @description null where there is nothing to measure. */
            readonly score: number | null;
            readonly threshold: number;
            /** @description The score, where it is a p-value. */
            readonly p_value?: number;
            /**
             * @description drift: the window has rows enough, the convention says drift, and `significance` holds among all columns.
             * @enum {string}
             */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /**
             * @description What the convention says by itself.
             * @enum {string}
             */
            readonly convention_verdict: "drift" | "no_drift" | "insufficient_data";
            /** @description Of a test of both samples, whatever the method. */
            readonly significance: components["schemas"]["SignificanceResponse"] | null;
            /** @description Share of the importance of all columns. */
            readonly weight: number;
            /** @description Rows with a value. */
            readonly n_reference: number;
            /** @description Rows with a value. */
            readonly n_current: number;
            readonly missing: components["schemas"]["MissingResponse"];
        };
        readonly ColumnDriftResponse: {
            /** @example mean radius */
            readonly name: string;
            /** @enum {string} */
            readonly kind: "numeric" | "categorical";
            /** @example wasserstein */
            readonly method: string;
            /** @enum {string} */
            readonly convention: "evidently-0.7" | "nannyml-0.13" | "decile";
            /** @description null where there is nothing to measure. */
            readonly score: number | null;
            readonly threshold: number;
            /** @description The score, where it is a p-value. */
            readonly p_value?: number;
            /**
             * @description drift: the window has rows enough, the convention says drift, and `significance` holds among all columns.
             * @enum {string}
             */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /**
             * @description What the convention says by itself.
             * @enum {string}
             */
            readonly convention_verdict: "drift" | "no_drift" | "insufficient_data";
            /** @description Of a test of both samples, whatever the method. */
            readonly significance: components["schemas"]["SignificanceResponse"] | null;
            /** @description Share of the importance of all columns. */
            readonly weight: number;
            /** @description Rows with a value. */
            readonly n_reference: number;
            /** @description Rows with a value. */
            readonly n_current: number;
        };
        readonly AucInterval: {
            /** @example 0.52 */
            readonly value: number;
            readonly low: number;
            readonly high: number;
        };
        readonly SideRowsResponse: {
            readonly reference: number;
            readonly current: number;
        };
        readonly NannymlClassifierVerdict: {
            /** @enum {string} */
            readonly convention: "nannyml-0.13";
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /** @example 0.45 */
            readonly low: number;
            /** @example 0.65 */
            readonly high: number;
        };
        readonly TopFeature: {
            /** @example mean radius */
            readonly name: string;
            readonly share: number;
        };
        readonly DomainClassifierResponse: {
            /** @description How well rows of the window are told from rows of the reference, out of fold, with the interval of DeLong at 95 %. */
            readonly roc_auc: components["schemas"]["AucInterval"] | null;
            readonly rows: components["schemas"]["SideRowsResponse"];
            readonly folds: number;
            /**
             * @description drift: the interval lies above the threshold.
             * @enum {string}
             */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            readonly threshold: number;
            readonly convention_verdict: components["schemas"]["NannymlClassifierVerdict"];
            /** @description What rows were told apart by, by the share of what the trees gained. */
            readonly top_features: readonly components["schemas"]["TopFeature"][];
        };
        readonly ReconstructionError: {
            readonly reference_mean: number;
            readonly low: number;
            readonly high: number;
            readonly current: number;
        };
        readonly NannymlVerdict: {
            /** @enum {string} */
            readonly convention: "nannyml-0.13";
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
        };
        readonly PcaResponse: {
            readonly reconstruction_error: components["schemas"]["ReconstructionError"] | null;
            readonly components: number;
            readonly explained_variance: number;
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            readonly convention_verdict: components["schemas"]["NannymlVerdict"];
        };
        readonly MultivariateResponse: {
            readonly domain_classifier: components["schemas"]["DomainClassifierResponse"];
            readonly pca: components["schemas"]["PcaResponse"];
            /** @description Of the draw of rows and of the folds. */
            readonly seed: number;
        };
        readonly DriftResponse: {
            /** Format: date-time */
            readonly at: string;
            readonly model: components["schemas"]["EvaluatedModel"];
            readonly reference: components["schemas"]["ReferenceResponse"];
            readonly window: components["schemas"]["DriftWindow"];
            /** @enum {string} */
            readonly convention: "evidently-0.7" | "nannyml-0.13" | "decile";
            /** @description With fewer rows the verdict is `insufficient_data`. */
            readonly minimum_rows: number;
            /** @description Of Benjamini and Hochberg, across all columns. */
            readonly false_discovery_rate: number;
            /**
             * @description drift: columns that drifted, or features whose values stay away, weigh as much as one of equal columns would.
             * @enum {string}
             */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /**
             * @description What the convention says by itself.
             * @enum {string}
             */
            readonly convention_verdict: "drift" | "no_drift" | "insufficient_data";
            /** @description Of the columns with a verdict, those that drifted. */
            readonly share: number | null;
            /** @description The same weighted by importance. */
            readonly weighted_share: number | null;
            /** @description Of the columns with a score, those that drifted by the convention. */
            readonly convention_share: number | null;
            readonly features: readonly components["schemas"]["FeatureDriftResponse"][];
            /** @description The score and the label, which are columns of the data set like the features. */
            readonly predictions: readonly components["schemas"]["ColumnDriftResponse"][];
            /** @description All features together, against rows held out of training; null without such rows. */
            readonly multivariate: components["schemas"]["MultivariateResponse"] | null;
        };
        readonly SharePair: {
            readonly reference: number | null;
            readonly current: number | null;
        };
        readonly CountsPair: {
            readonly reference: readonly number[];
            readonly current: readonly number[];
        };
        readonly CountPair: {
            readonly reference: number;
            readonly current: number;
        };
        readonly BinsResponse: {
            /** @description How the edges come about. */
            readonly rule: string;
            /** @description Rising, one more than there are bins. */
            readonly edges: readonly number[];
            readonly counts: components["schemas"]["CountsPair"];
            /** @description Values below the first edge. */
            readonly below: components["schemas"]["CountPair"];
            /** @description Values above the last edge. */
            readonly above: components["schemas"]["CountPair"];
        };
        readonly QuantileResponse: {
            readonly reference: number | null;
            readonly current: number | null;
            /** @example 0.5 */
            readonly share: number;
        };
        readonly CategoryResponse: {
            readonly reference: number;
            readonly current: number;
            /** @example left */
            readonly name: string;
        };
        readonly UnseenResponse: {
            readonly reference: number;
            readonly current: number;
            /** @description Different categories among them. */
            readonly distinct: number;
        };
        readonly DistributionResponse: {
            /** Format: date-time */
            readonly at: string;
            readonly model: components["schemas"]["EvaluatedModel"];
            readonly reference: components["schemas"]["ReferenceResponse"];
            readonly window: components["schemas"]["DriftWindow"];
            /** @example mean radius */
            readonly column: string;
            /** @enum {string} */
            readonly kind: "numeric" | "categorical";
            /** @description Rows with a value. */
            readonly n_reference: number;
            /** @description Rows with a value. */
            readonly n_current: number;
            /** @description Shares of the rows without a value. */
            readonly missing: components["schemas"]["SharePair"];
            /** @description Of numbers. */
            readonly bins: components["schemas"]["BinsResponse"] | null;
            /** @description Of numbers: 5, 25, 50, 75 and 95 %, between order statistics linear. */
            readonly quantiles: readonly components["schemas"]["QuantileResponse"][] | null;
            /** @description Of categories: those declared, in their order. */
            readonly categories: readonly components["schemas"]["CategoryResponse"][] | null;
            /** @description Rows of categories that nobody declared; they are not named. */
            readonly unseen: components["schemas"]["UnseenResponse"] | null;
        };
        readonly PastColumn: {
            /** @example mean radius */
            readonly name: string;
            /** @example wasserstein */
            readonly method: string;
            readonly score: number | null;
            readonly threshold: number;
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
        };
        readonly PastEvaluation: {
            /** Format: date-time */
            readonly at: string;
            readonly model: components["schemas"]["EvaluatedModel"];
            readonly reference: components["schemas"]["ReferenceResponse"];
            readonly window: components["schemas"]["DriftWindow"];
            readonly id: string;
            /** @enum {string} */
            readonly convention: "evidently-0.7" | "nannyml-0.13" | "decile";
            /** @enum {string} */
            readonly window_name: "15m" | "1h" | "24h" | "7d" | "all";
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /** @enum {string} */
            readonly convention_verdict: "drift" | "no_drift" | "insufficient_data";
            readonly share: number | null;
            readonly weighted_share: number | null;
            readonly domain_classifier_roc_auc: number | null;
            /** @description Features in the order of the model, then the score and the label. */
            readonly columns: readonly components["schemas"]["PastColumn"][];
        };
        readonly DriftHistoryResponse: {
            /** @description Newest first. */
            readonly items: readonly components["schemas"]["PastEvaluation"][];
        };
        readonly AnomalyLook: {
            /**
             * Format: date-time
             * @description When the log was last looked at; null: never.
             */
            readonly at: string | null;
            /**
             * Format: date-time
             * @description Up to where rows have been looked at.
             */
            readonly up_to: string | null;
            /** @description Rows that were too many to look at, since the first look. */
            readonly skipped: number;
            /** @description Values of a stream between two false alarms (ANOMALY_EXPECTED_RUN); null: nobody looks. */
            readonly expected_run: number | null;
        };
        readonly AnomalyModel: {
            /** @example foretell */
            readonly name: string;
            /**
             * @description null where it is of no one version: processor time, memory and refused requests.
             * @example 2
             */
            readonly version: string | null;
        };
        readonly EvidenceResponse: {
            /** @enum {string} */
            readonly method: "adwin" | "page_hinkley" | "robust_z" | "outside_range" | "often_outside_range" | "mahalanobis";
            /** @description How much speaks for it, in what the method measures. */
            readonly score: number;
            /** @description From where on the score is an anomaly. */
            readonly threshold: number;
            /** @description Rows, seconds or requests that it was found on. */
            readonly rows: number;
            /** @description Features by their share of the squared distance; errors by their kind. */
            readonly parts?: {
                readonly [key: string]: number;
            };
        };
        readonly FirstAnomaly: {
            /** Format: uuid */
            readonly id: string;
            /** @enum {string} */
            readonly kind: "latency" | "cpu" | "memory" | "score" | "error" | "input";
            /** Format: date-time */
            readonly at: string;
        };
        readonly AnomalyResponse: {
            /** Format: uuid */
            readonly id: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            readonly at: string;
            /**
             * Format: date-time
             * @description When it was last seen.
             */
            readonly ended_at: string;
            /** @description It was last seen within ten minutes: what is alike belongs to it. */
            readonly ongoing: boolean;
            /** @enum {string} */
            readonly kind: "latency" | "cpu" | "memory" | "score" | "error" | "input";
            readonly model: components["schemas"]["AnomalyModel"];
            /** @description The feature that lies outside its range; null for what is of a whole row. */
            readonly feature: string | null;
            /** @description The mean in milliseconds, of scores or of errors, percent of a core, bytes, share of rows, widths of the range, or distance. */
            readonly value: number | null;
            /** @description The same as it was, or may be. */
            readonly expected: number | null;
            readonly evidence: components["schemas"]["EvidenceResponse"];
            /** @description The newest predictions that it concerns, 50 at most. */
            readonly prediction_ids: readonly string[];
            /** Format: date-time */
            readonly acknowledged_at: string | null;
            /** @description The id of a user. */
            readonly acknowledged_by: string | null;
            readonly note: string | null;
            /** @description What came first, of any kind, of the anomalies that overlap with this one, directly or by others, within a minute; itself where it was the first. */
            readonly first: components["schemas"]["FirstAnomaly"];
        };
        readonly AnomaliesResponse: {
            readonly window: components["schemas"]["WindowBounds"];
            readonly look: components["schemas"]["AnomalyLook"];
            /** @description Only the newest are told; the window holds more. */
            readonly truncated: boolean;
            /** @description Newest first. */
            readonly items: readonly components["schemas"]["AnomalyResponse"][];
        };
        readonly AcknowledgeRequest: {
            /** @example Deployment of the new scanner. */
            readonly note?: string;
        };
        readonly VersionResponse: {
            /** @example foretell */
            readonly name: string;
            /** @example 2 */
            readonly version: string;
            /** @description From this probability on, the label is the positive one. */
            readonly threshold: number;
        };
        readonly DelayResponse: {
            readonly mean: number;
            readonly p50: number;
            readonly p95: number;
        };
        readonly AucIntervalResponse: {
            readonly value: number;
            /** @description Ends of the interval at 95 %. */
            readonly low: number;
            readonly high: number;
        };
        readonly RateResponse: {
            readonly value: number;
            /** @description Ends of the interval at 95 %. */
            readonly low: number;
            readonly high: number;
            /** @description Rows behind the share. */
            readonly n: number;
        };
        readonly CalibrationBinResponse: {
            /** @description Lowest probability in the bin. */
            readonly low: number;
            /** @description Highest probability in the bin. */
            readonly high: number;
            readonly mean_probability: number;
            /** @description Share of rows with the positive label. */
            readonly observed: components["schemas"]["RateResponse"];
        };
        readonly CalibrationResponse: {
            /** @description Mean distance of observed shares from mean probabilities, over the rows. */
            readonly expected_calibration_error: number | null;
            /** @description Up to ten of equal count, the lowest probabilities first. */
            readonly bins: readonly components["schemas"]["CalibrationBinResponse"][];
        };
        readonly EstimateResponse: {
            readonly value: number;
            /** @description Ends of the band, three standard errors to either side; null where the bundle has no rows to tell chance by. */
            readonly low: number | null;
            readonly high: number | null;
        };
        readonly AlertsResponse: {
            /** @description By labels. */
            readonly live: readonly string[];
            /** @description By CBPE. */
            readonly estimated: readonly string[];
        };
        readonly BoundsResponse: {
            readonly low: number;
            readonly high: number;
        };
        readonly ConceptDriftRuleResponse: {
            /** @description Labels that a verdict takes. */
            readonly least_rows: number;
            /** @description Of these of either class. */
            readonly least_rows_of_a_class: number;
            /** @description Chance of a false alarm. */
            readonly alpha: number;
            /** @description Between the two AUCs, below which there is no alarm. */
            readonly least_difference: number;
            /** @description How often labels are drawn by the scores. */
            readonly draws: number;
            /** @description Newest labels that are looked at. */
            readonly most_rows: number;
        };
        readonly ConceptDriftResponse: {
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /** @description Labels behind the figures. */
            readonly rows: number;
            /** @description ROC AUC by labels; null, like all below, where they are too few. */
            readonly live: number | null;
            /** @description CBPE of the same rows. */
            readonly estimated: number | null;
            /** @description live - estimated. */
            readonly difference: number | null;
            /** @description ROC AUCs of 95 % of the labels drawn by the scores. */
            readonly expected: components["schemas"]["BoundsResponse"] | null;
            /** @description Two-sided. */
            readonly p_value: number | null;
            readonly rule: components["schemas"]["ConceptDriftRuleResponse"];
        };
        readonly QualityResponse: {
            /** Format: date-time */
            readonly at: string;
            /** @description When the predictions were answered. */
            readonly window: components["schemas"]["WindowBounds"];
            readonly model: components["schemas"]["VersionResponse"];
            /** @description Answers of the version in the window. */
            readonly predictions: number;
            /** @description Of these the ones whose label has come. */
            readonly labelled: number;
            /** @description labelled / predictions. */
            readonly coverage: number | null;
            /** @description Labels that the figures rest on: the newest 50,000 at most. */
            readonly measured: number;
            /** @description Seconds from an answer to when its label was observed, or else received. */
            readonly delay: components["schemas"]["DelayResponse"] | null;
            /** @description null until labels of both classes have come. */
            readonly roc_auc: components["schemas"]["AucIntervalResponse"] | null;
            /** @description null until labels of both classes have come. */
            readonly average_precision: number | null;
            readonly log_loss: number | null;
            readonly brier: number | null;
            readonly calibration: components["schemas"]["CalibrationResponse"];
            /** @description At the threshold, as answered. */
            readonly confusion_matrix: components["schemas"]["ConfusionMatrixResponse"];
            readonly precision: components["schemas"]["RateResponse"] | null;
            readonly recall: components["schemas"]["RateResponse"] | null;
            readonly specificity: components["schemas"]["RateResponse"] | null;
            readonly accuracy: components["schemas"]["RateResponse"] | null;
            readonly f1: components["schemas"]["RateResponse"] | null;
            /** @description Answers that the estimates rest on. */
            readonly estimated_rows: number;
            readonly estimated_roc_auc: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_average_precision: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_f1: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_precision: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_recall: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_specificity: components["schemas"]["EstimateResponse"] | null;
            readonly estimated_accuracy: components["schemas"]["EstimateResponse"] | null;
            /** @description What the model reaches on rows that training did not see: `{ rows, chunks, metrics: { roc_auc: { mean, std }, ... }, roc_auc: { value, low, high } }`; null where the bundle does not tell, or the version is not loaded. */
            readonly reference: {
                readonly [key: string]: unknown;
            } | null;
            /** @description By metric: what the reference leads to expect. */
            readonly alert_bounds: {
                readonly [key: string]: {
                    readonly low?: number;
                    readonly high?: number;
                };
            } | null;
            /** @description Metrics outside their bounds. */
            readonly alerts: components["schemas"]["AlertsResponse"];
            /** @description Whether labels and scores have parted. */
            readonly concept_drift: components["schemas"]["ConceptDriftResponse"];
            /** @description Which answers the estimates rest on where there are many. */
            readonly sampling: string;
            /** @description By which definition the figures are. */
            readonly conventions: {
                readonly [key: string]: string;
            };
            /** @description What the estimates hold under. */
            readonly assumptions: readonly string[];
        };
        readonly GroupRatesResponse: {
            /** @example female */
            readonly group: string;
            readonly rows: number;
            readonly labelled: number;
            /** @description Answered with the positive label. */
            readonly selection_rate: components["schemas"]["RateResponse"] | null;
            /** @description Of those with the positive label. */
            readonly true_positive_rate: components["schemas"]["RateResponse"] | null;
            /** @description Of those with the negative label. */
            readonly false_positive_rate: components["schemas"]["RateResponse"] | null;
            /** @description Answered as labelled. */
            readonly accuracy: components["schemas"]["RateResponse"] | null;
            /** @description With the positive label. */
            readonly base_rate: components["schemas"]["RateResponse"] | null;
        };
        readonly GroupDifferenceResponse: {
            /** @description The rate of `highest` minus that of `lowest`. */
            readonly value: number;
            /** @description Below 0 where it is not even sure which group is higher. */
            readonly low: number;
            readonly high: number;
            readonly highest: string;
            readonly lowest: string;
        };
        readonly OddsDifferenceResponse: {
            /** @description The rate of `highest` minus that of `lowest`. */
            readonly value: number;
            /** @description Below 0 where it is not even sure which group is higher. */
            readonly low: number;
            readonly high: number;
            readonly highest: string;
            readonly lowest: string;
            /** @enum {string} */
            readonly of: "true_positive_rate" | "false_positive_rate";
        };
        readonly FairnessMethodResponse: {
            readonly rates: string;
            readonly differences: string;
            readonly confidence: number;
            /** @description Rows that must stand behind a rate before it is compared. */
            readonly least_rows: number;
        };
        readonly FairnessResponse: {
            /** @description When the predictions were answered. */
            readonly window: components["schemas"]["WindowBounds"];
            readonly model: components["schemas"]["VersionResponse"];
            /** @example sex */
            readonly by: string;
            /** @description Names that labels in the window came with. */
            readonly names: readonly string[];
            /** @description Labels that the figures rest on: the newest 50,000 at most. */
            readonly measured: number;
            /** @description By name. */
            readonly groups: readonly components["schemas"]["GroupRatesResponse"][];
            /** @description Labels that came without this name. */
            readonly without_group: number;
            readonly demographic_parity_difference: components["schemas"]["GroupDifferenceResponse"] | null;
            /** @description Information only: no bound on it is a test of fairness. */
            readonly demographic_parity_ratio: number | null;
            readonly equal_opportunity_difference: components["schemas"]["GroupDifferenceResponse"] | null;
            readonly equalised_odds_difference: components["schemas"]["OddsDifferenceResponse"] | null;
            readonly method: components["schemas"]["FairnessMethodResponse"];
        };
        readonly LiveWindow: {
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
            /** @enum {string} */
            readonly name: "15m" | "1h" | "24h" | "7d" | "all";
        };
        readonly TileResponse: {
            /** @description null: not known, or of nothing. */
            readonly value: number | null;
            /** @description The same of the window before, as long as this one. */
            readonly before: number | null;
        };
        readonly TilesResponse: {
            /** @description null, like those of requests below, of one version. */
            readonly requests_per_second: components["schemas"]["TileResponse"];
            readonly error_rate: components["schemas"]["TileResponse"];
            readonly latency_p50_ms: components["schemas"]["TileResponse"];
            readonly latency_p95_ms: components["schemas"]["TileResponse"];
            readonly latency_p99_ms: components["schemas"]["TileResponse"];
            /** @description Of rows whose probability reached the threshold. */
            readonly high_risk_rate: components["schemas"]["TileResponse"];
            /** @description Of the last evaluation on schedule; `before`: of the last one before the window began. */
            readonly drift_share: components["schemas"]["TileResponse"];
            /** @description Over 7 days, as last measured on schedule. */
            readonly live_roc_auc: components["schemas"]["TileResponse"];
            /** @description Predictions that are not stored yet, of the process that answers. */
            readonly log_queue: components["schemas"]["TileResponse"];
        };
        readonly LiveAverages: {
            readonly latency_ms: number | null;
            readonly cpu_percent: number | null;
            readonly memory_bytes: number | null;
            readonly score: number | null;
        };
        readonly LivePoint: {
            /**
             * Format: date-time
             * @description Where the point begins.
             */
            readonly at: string;
            /** @description null, like errors and latency, of one version. */
            readonly requests_per_second: number | null;
            readonly error_rate: number | null;
            readonly rows_per_second: number | null;
            readonly latency_ms: components["schemas"]["MeanAndP95Response"] | null;
            /** @description Of a server process, second by second; of one version: as its rows found it. */
            readonly cpu_percent: number | null;
            /** @description The same. */
            readonly memory_bytes: number | null;
            /** @description The mean of the longest of each second. */
            readonly event_loop_lag_ms: number | null;
            readonly mean_score: number | null;
            readonly high_risk_rate: number | null;
            /** @description Over the values of this point and of those before it together. */
            readonly moving_average: components["schemas"]["LiveAverages"];
        };
        readonly LiveScores: {
            /** @description 21 bounds of 20 bins over [0, 1]; a bin includes its lower bound. */
            readonly edges: readonly number[];
            /** @description Rows in each bin. */
            readonly counts: readonly number[];
            /** @description Rows of training in the same bins, of the champion or of the version asked for; null where it is not served or does not tell. */
            readonly reference: readonly number[] | null;
            /** @description null where the version is not served. */
            readonly threshold: number | null;
        };
        readonly LiveDrift: {
            /** Format: date-time */
            readonly at: string;
            /** @enum {string} */
            readonly verdict: "drift" | "no_drift" | "insufficient_data";
            /** @description Of the columns with a verdict, those that drifted. */
            readonly share: number | null;
        };
        readonly LiveQuality: {
            /** Format: date-time */
            readonly at: string;
            /** @description Answers of 7 days whose label has come. */
            readonly labelled: number;
            readonly coverage: number | null;
            readonly roc_auc: components["schemas"]["AucIntervalResponse"] | null;
            readonly estimated_roc_auc: components["schemas"]["EstimateResponse"] | null;
        };
        readonly LivePrediction: {
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly created_at: string;
            /** @example malignant */
            readonly label: string;
            readonly probability: number;
            readonly threshold: number;
            readonly model: components["schemas"]["EvaluatedModel"];
            readonly duration_ms: number;
            /** @description Values outside what training saw. */
            readonly warnings: number;
            /** @description The caller's own reference. */
            readonly key: string | null;
        };
        readonly LiveVersion: {
            /** @example 2 */
            readonly version: string;
            /**
             * @description null: not served now.
             * @enum {string|null}
             */
            readonly role: "champion" | "challenger" | null;
        };
        readonly LiveStateResponse: {
            /** Format: date-time */
            readonly at: string;
            /** @description Between two changes. */
            readonly tick_seconds: number;
            /** @description What the figures are exact for. */
            readonly window: components["schemas"]["LiveWindow"];
            /** @description As asked for. */
            readonly version: string | null;
            /** @description Between two points of the series. */
            readonly step_seconds: number;
            readonly tiles: components["schemas"]["TilesResponse"];
            /** @description Oldest first, at most 300, also those without a row. */
            readonly series: readonly components["schemas"]["LivePoint"][];
            readonly scores: components["schemas"]["LiveScores"];
            /** @description Newest first, 50 at most. */
            readonly anomalies: readonly components["schemas"]["AnomalyResponse"][];
            /** @description The last evaluation on schedule; null where there is none. */
            readonly drift: components["schemas"]["LiveDrift"] | null;
            /** @description As last measured on schedule; null where it was not. */
            readonly quality: components["schemas"]["LiveQuality"] | null;
            /** @description Newest first, 25 at most. */
            readonly recent: readonly components["schemas"]["LivePrediction"][];
            /** @description Those that are served or have rows in the window. */
            readonly versions: readonly components["schemas"]["LiveVersion"][];
        };
        readonly LiveSeriesChange: {
            /**
             * Format: date-time
             * @description Points before it have left the window.
             */
            readonly from: string;
            /** @description New ones, and those that are not as they were; oldest first. */
            readonly points: readonly components["schemas"]["LivePoint"][];
        };
        readonly LiveChangeResponse: {
            /** Format: date-time */
            readonly at: string;
            /** @description What the figures are exact for. */
            readonly window: components["schemas"]["LiveWindow"];
            /** @description Between two changes. */
            readonly tick_seconds?: number;
            /** @description As asked for. */
            readonly version?: string | null;
            /** @description Between two points of the series. */
            readonly step_seconds?: number;
            readonly tiles?: components["schemas"]["TilesResponse"];
            readonly scores?: components["schemas"]["LiveScores"];
            /** @description Newest first, 50 at most. */
            readonly anomalies?: readonly components["schemas"]["AnomalyResponse"][];
            /** @description The last evaluation on schedule; null where there is none. */
            readonly drift?: components["schemas"]["LiveDrift"] | null;
            /** @description As last measured on schedule; null where it was not. */
            readonly quality?: components["schemas"]["LiveQuality"] | null;
            /** @description Newest first, 25 at most. */
            readonly recent?: readonly components["schemas"]["LivePrediction"][];
            /** @description Those that are served or have rows in the window. */
            readonly versions?: readonly components["schemas"]["LiveVersion"][];
            readonly series?: components["schemas"]["LiveSeriesChange"];
        };
        readonly LivenessResponse: {
            /** @enum {string} */
            readonly status: "ok";
        };
        readonly ModelCheck: {
            /** @enum {string} */
            readonly status: "ok" | "unavailable";
            /** @example foretell */
            readonly name?: string;
            /** @example 1 */
            readonly version?: string;
            /** @description Why there is none. */
            readonly reason?: string;
        };
        readonly DatabaseCheck: {
            /** @enum {string} */
            readonly status: "ok" | "unavailable";
            /** @description Why it does not answer. */
            readonly reason?: string;
        };
        readonly Checks: {
            readonly model: components["schemas"]["ModelCheck"];
            readonly database: components["schemas"]["DatabaseCheck"];
        };
        readonly ReadinessResponse: {
            /** @enum {string} */
            readonly status: "ok" | "unavailable";
            readonly checks: components["schemas"]["Checks"];
        };
        /** @description RFC 9457 problem details. */
        readonly Problem: {
            /** Format: uri */
            readonly type: string;
            readonly title: string;
            readonly status: number;
            /** @enum {string} */
            readonly code: "MALFORMED_JSON" | "DUPLICATE_KEY" | "BAD_REQUEST" | "UNAUTHENTICATED" | "INVALID_TOKEN" | "INVALID_API_KEY" | "INVALID_CREDENTIALS" | "INVALID_SIGNATURE" | "INVALID_GRANT" | "FORBIDDEN" | "NOT_FOUND" | "MODEL_NOT_FOUND" | "NOT_ACCEPTABLE" | "REQUEST_TIMEOUT" | "CONFLICT" | "GATE_FAILED" | "EXPLANATION_UNAVAILABLE" | "DRIFT_REFERENCE_UNAVAILABLE" | "BODY_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_INPUT" | "TOO_MANY_REQUESTS" | "HEADERS_TOO_LARGE" | "INTERNAL" | "MODEL_ERROR" | "MODEL_NOT_READY" | "UNAVAILABLE" | "BUNDLE_INVALID" | "REGISTRY_UNAVAILABLE";
            readonly detail: string;
            /** @description The request id, also in X-Request-Id. */
            readonly instance: string;
            /** @description Of GATE_FAILED: the gate's report, as a passed promotion answers it. */
            readonly report?: Record<string, never>;
            /** @description Every field that does not fit; values are never repeated. */
            readonly errors?: readonly {
                readonly field: string;
                readonly code: string;
                readonly expected: string;
                /** @description The kind of what came. */
                readonly received?: string;
            }[];
        };
        /** @description One value per feature. No model is being served yet; its features will be listed here. */
        readonly Features: {
            readonly [key: string]: unknown;
        };
        readonly PredictRequest: {
            readonly features: components["schemas"]["Features"];
            /** @description Your own reference; stored with the prediction. */
            readonly key?: string;
        };
        readonly InvocationsRequest: {
            readonly dataframe_split?: {
                readonly columns: readonly string[];
                readonly data: readonly (readonly ((number | string) | null)[])[];
                readonly index?: readonly unknown[];
            };
            readonly dataframe_records?: readonly Record<string, never>[];
            readonly instances?: readonly Record<string, never>[] | Record<string, never>;
            readonly inputs?: Record<string, never> | readonly Record<string, never>[];
            readonly params?: Record<string, never>;
        };
        readonly InferenceRequest: {
            /** @description Echoed. */
            readonly id?: string;
            readonly parameters?: Record<string, never>;
            readonly inputs: readonly {
                readonly name: string;
                readonly datatype: string;
                readonly shape: readonly number[];
                readonly data?: readonly unknown[];
                readonly parameters?: Record<string, never>;
            }[];
            /** @description Only these. */
            readonly outputs?: readonly {
                /** @enum {string} */
                readonly name: "label" | "probability" | "prediction_id";
                readonly parameters?: Record<string, never>;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly AuditController_events: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
                /** @description From this instant on. */
                readonly from?: string;
                /** @description Before this instant. */
                readonly to?: string;
                readonly action?: "login" | "login_refused" | "token_refresh_reused" | "logout" | "user_created" | "user_changed" | "user_deleted" | "password_changed" | "api_key_created" | "api_key_deleted" | "model_promoted" | "promotion_refused" | "model_rolled_back" | "model_reloaded" | "challenger_changed" | "predictions_exported" | "predictions_erased" | "job_result_downloaded";
                /** @description The id of a user or an API key, or the exact name of a user or a command. */
                readonly actor?: string;
                /** @description Wins over `Accept`. `jsonl`: every event that matches, one a line, without `limit` and `cursor`. */
                readonly format?: "json" | "jsonl";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditPageResponse"];
                    readonly "application/x-ndjson": string;
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description None of the accepted content types can be answered */
            readonly 406: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_me: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_changePassword: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ChangePasswordDto"];
            };
        };
        readonly responses: {
            /** @description Changed. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid; The credentials are not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_list: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["UserResponse"][];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateUserDto"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of the user. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of the user. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly UsersController_update: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of the user. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokenController_grant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
                readonly "application/json": components["schemas"]["TokenRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials are not valid; The refresh token is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokenController_revoke: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Logged out. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ApiKeysController_list: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["ApiKeyResponse"][];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ApiKeysController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateApiKeyDto"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CreatedApiKeyResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ApiKeysController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of the key. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Revoked. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JwksController_published: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JwksResponse"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelController_live: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelInfoResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelController_models: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelListResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelController_versions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelVersionListResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelCardController_card: {
        readonly parameters: {
            readonly query?: {
                /** @description Default: the champion; without one the newest. */
                readonly version?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/markdown": string;
                    readonly "application/json": components["schemas"]["ModelCardResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource; There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description None of the accepted content types can be answered */
            readonly 406: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model bundle is not valid; The model registry is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelEvaluationController_evaluation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
                readonly version: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelEvaluationResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource; There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model bundle is not valid; The model registry is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RunsController_list: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RunListResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RunsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RunResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelOperationsController_reload: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReloadResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model bundle is not valid; The model registry is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ModelOperationsController_setChallenger: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ChallengerRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ChallengerResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly WebhookController_receive: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description v1,<base64 HMAC-SHA256> */
                readonly "X-MLflow-Signature": string;
                /** @description Unix time, seconds. */
                readonly "X-MLflow-Timestamp": string;
                readonly "X-MLflow-Delivery-Id": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": Record<string, never>;
            };
        };
        readonly responses: {
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The signature is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PredictionController_predict: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether the answer says why, and is stored with what it says. `true`: linear models in closed form, trees against the bundle's background; the other two choose the method for trees. */
                readonly explain?: "true" | "false" | "path_dependent" | "interventional";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PredictRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    /** @description The version that answered. */
                    readonly "X-Model-Version"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PredictionResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model cannot explain its answers */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet; A part this request needs is not available; The model bundle is not valid */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly BatchController_predict: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether the answer says why, and is stored with what it says. `true`: linear models in closed form, trees against the bundle's background; the other two choose the method for trees. */
                readonly explain?: "true" | "false" | "path_dependent" | "interventional";
                /** @description off: the rows are answered and not stored in the prediction log. */
                readonly log?: "on" | "off";
                /** @description NDJSON only: a line `{ "progress": { rows, refused, seconds } }` about every second and at the end. */
                readonly progress?: "true" | "false";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": string;
                readonly "application/x-ndjson": string;
                readonly "text/csv": string;
                readonly "application/vnd.apache.parquet": string;
            };
        };
        readonly responses: {
            /** @description One result a row, in the order of the rows. */
            readonly 200: {
                headers: {
                    /** @description The version that answered. */
                    readonly "X-Model-Version"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": string;
                    readonly "application/x-ndjson": string;
                    readonly "text/csv": string;
                    readonly "application/vnd.apache.parquet": string;
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description None of the accepted content types can be answered */
            readonly 406: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request took too long to arrive */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model cannot explain its answers */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet; A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly WhatIfController_find: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly features: components["schemas"]["Features"];
                    /** @description The features that may change; all of them, in any direction, unless given. */
                    readonly mutable?: readonly string[] | {
                        readonly [key: string]: "any" | "increase" | "decrease";
                    };
                };
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    /** @description The version that answered. */
                    readonly "X-Model-Version"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WhatIfResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model cannot explain its answers */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly InvocationsController_invocations: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["InvocationsRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvocationsResponse"];
                };
            };
            /** @description The body cannot be read or does not fit the model */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description Authentication is required */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The body is too large, or holds too many rows */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly InvocationsController_endpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["InvocationsRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvocationsResponse"];
                };
            };
            /** @description The body cannot be read or does not fit the model */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description Authentication is required */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The body is too large, or holds too many rows */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly InvocationsController_ping: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": unknown;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly InvocationsController_version: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly OipController_server: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServerMetadataResponse"];
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_live: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServerLiveResponse"];
                };
            };
        };
    };
    readonly OipController_ready: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServerReadyResponse"];
                };
            };
            /** @description Not ready. */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServerReadyResponse"];
                };
            };
        };
    };
    readonly OipController_model: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelMetadataResponse"];
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_version: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
                readonly version: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelMetadataResponse"];
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_modelReady: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelReadyResponse"];
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_versionReady: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
                readonly version: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ModelReadyResponse"];
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_infer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["InferenceRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InferenceResponse"];
                };
            };
            /** @description The body cannot be read or does not fit the model */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description Authentication is required */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The body is too large, or holds too many rows */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly OipController_inferByVersion: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly model: string;
                readonly version: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["InferenceRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InferenceResponse"];
                };
            };
            /** @description The body cannot be read or does not fit the model */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description Authentication is required */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description This model or version is not served here */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The body is too large, or holds too many rows */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The rate limit is reached; Retry-After says when to come back */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description The model could not be run */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            /** @description No model is being served yet, or the prediction could not be stored; Retry-After says when to come back */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
        };
    };
    readonly PredictionsExportController_export: {
        readonly parameters: {
            readonly query?: {
                /** @description From this instant on. */
                readonly from?: string;
                /** @description Before this instant. */
                readonly to?: string;
                /** @description Of this model version. */
                readonly version?: string;
                /** @description With this label. */
                readonly label?: string;
                /** @description Asked for by the user with this id. */
                readonly user?: string;
                /** @description Wins over `Accept`; without either it is `jsonl`. */
                readonly format?: "jsonl" | "csv" | "parquet";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description One row per prediction, in the columns of docs/prediction-log.md. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/x-ndjson": string;
                    readonly "text/csv": string;
                    readonly "application/vnd.apache.parquet": string;
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PredictionsController_list: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
                /** @description From this instant on. */
                readonly from?: string;
                /** @description Before this instant. */
                readonly to?: string;
                /** @description Of this model version. */
                readonly version?: string;
                /** @description With this label. */
                readonly label?: string;
                /** @description Asked for by the user with this id. */
                readonly user?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PredictionPageResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PredictionsController_erase: {
        readonly parameters: {
            readonly query: {
                /** @description The caller's own reference, exactly. */
                readonly key: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErasureResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PredictionsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id that the prediction answered with. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoggedPredictionResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly FeedbackController_receive: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["FeedbackRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FeedbackResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model bundle is not valid; The model registry is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly FeedbackController_find: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly prediction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LabelResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JobsController_list: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JobPageResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JobsController_create: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether the answer says why, and is stored with what it says. `true`: linear models in closed form, trees against the bundle's background; the other two choose the method for trees. */
                readonly explain?: "true" | "false" | "path_dependent" | "interventional";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": string;
                readonly "application/x-ndjson": string;
                readonly "text/csv": string;
                readonly "application/vnd.apache.parquet": string;
            };
        };
        readonly responses: {
            readonly 202: {
                headers: {
                    /** @description The job. */
                    readonly Location?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request took too long to arrive */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JobsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id that the job was answered with. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JobsController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id that the job was answered with. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Cancelled, or deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly JobsController_result: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id that the job was answered with. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": string;
                    readonly "application/x-ndjson": string;
                    readonly "text/csv": string;
                    readonly "application/vnd.apache.parquet": string;
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description None of the accepted content types can be answered */
            readonly 406: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PromotionController_promote: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PromoteRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PromotionResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource; There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state; The gate refuses the promotion */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model registry is not available; A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PromotionController_rollback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RollbackRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RollbackResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource; There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request conflicts with the present state */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model registry is not available; A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly HistoryController_events: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                /** @description The `next_cursor` of the page before. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["HistoryResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource; There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly LineageController_lineage: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id that the prediction answered with. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LineageResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly MonitoringController_compare: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description The challenger to look at; the one that is loaded unless said. */
                readonly version?: string;
                /** @description `paired`: rows that both scored, which shadow mode gives. `groups`: the answers of each since the first of the challenger, which canary mode gives. Unless said, the one that belongs to the mode; `paired` while it is off. */
                readonly convention?: "paired" | "groups";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ComparisonResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly MonitoringController_explain: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description Of this model version; of all unless said. */
                readonly version?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExplanationsResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SummaryController_summarise: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description Rows of this model version alone. Requests, their errors and their latency belong to no version, and are null then. */
                readonly version?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SummaryResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DriftController_evaluate: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description The champion unless said; else the challenger that is loaded. */
                readonly version?: string;
                /** @description Which measure each column takes, by its type and size, and where drift begins. */
                readonly convention?: "evidently-0.7" | "nannyml-0.13" | "decile";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DriftResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model carries no reference for drift */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet; The model bundle is not valid */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DriftController_distribution: {
        readonly parameters: {
            readonly query: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description The champion unless said; else the challenger that is loaded. */
                readonly version?: string;
                /** @description A feature of the model, `prediction_score` or `prediction_label`. */
                readonly column: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DistributionResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The model carries no reference for drift */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet; The model bundle is not valid */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DriftController_past: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DriftHistoryResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly AnomaliesController_list: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description Of this kind; of all unless said. */
                readonly kind?: "latency" | "cpu" | "memory" | "score" | "error" | "input";
                /** @description Only those that somebody has, or nobody has, acknowledged. */
                readonly acknowledged?: "true" | "false";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AnomaliesResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly AnomaliesController_acknowledge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AcknowledgeRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AnomalyResponse"];
                };
            };
            /** @description The body is not valid JSON; A key appears twice in a JSON object; The request cannot be understood */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such resource */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not supported */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QualityController_measure: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description The champion unless said; else the challenger that is loaded, or a version whose answers have labels. */
                readonly version?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["QualityResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet; The model bundle is not valid */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QualityController_compare: {
        readonly parameters: {
            readonly query: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description The champion unless said; else the challenger that is loaded, or a version whose answers have labels. */
                readonly version?: string;
                /** @description A name under `groups` of POST /feedback. */
                readonly by: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FairnessResponse"];
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No verified model is being served yet */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly LiveController_stream: {
        readonly parameters: {
            readonly query?: {
                /** @description Looking back from now. */
                readonly window?: "15m" | "1h" | "24h" | "7d" | "all";
                /** @description Rows of this model version alone. Requests, their errors and their latency belong to no version, and are null then. */
                readonly version?: string;
            };
            readonly header?: {
                /** @description The id of the last event that came. */
                readonly "Last-Event-ID"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An event stream. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
            /** @description Authentication is required; The access token is not valid; The API key is not valid */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials do not grant this */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such model version */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The input does not fit what is expected */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part this request needs is not available */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly HealthController_live: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LivenessResponse"];
                };
            };
        };
    };
    readonly HealthController_ready: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReadinessResponse"];
                };
            };
            /** @description Not ready: each check says why. */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReadinessResponse"];
                };
            };
        };
    };
    readonly MetricsController_index: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
            /** @description Authentication is required */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
