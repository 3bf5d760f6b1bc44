// Made of docs/openapi.json by `npm run client`. Do not edit it.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The keys of access tokens
         * @description Retired keys stay as long as tokens that they signed.
         */
        get: operations["jwks_jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/acts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One act */
        get: operations["acts_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/acts/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve an act
         * @description It is carried out from now on, if its saga is still as it was seen. Never by the one who asked for it.
         */
        post: operations["acts_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/acts/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline an act
         * @description It will not be done. Also for the one who asked and thought again.
         */
        post: operations["acts_decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description No token of this sign-in can be refreshed any more. An access token lives on to its end, 15 minutes at most. A token
         *     that nobody knows is as good as signed out.
         */
        post: operations["auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stay signed in
         * @description Each refresh token works once. Using one again ends the sign-in for everybody who holds a token of it, because one of
         *     them is not who they say they are. For ten seconds a lost answer may be asked for once more.
         */
        post: operations["auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account
         * @description The account is a customer's. Sign in with it at `/api/auth/token`.
         */
        post: operations["auth_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in, for browsers
         * @description As `/api/auth/token`, but what is exchanged for the next access token is a cookie that scripts cannot read.
         */
        post: operations["auth_begin"];
        /**
         * Sign out, for browsers
         * @description Ends the sign-in and takes the cookie back.
         */
        delete: operations["auth_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/session/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stay signed in, for browsers
         * @description Exchanges the cookie for the next one, and answers the next access token.
         */
        post: operations["auth_renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description A wrong address and a wrong password look the same and take the same time.
         */
        post: operations["auth_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The latest batches
         * @description Newest first, 50 at most.
         */
        get: operations["batches_list"];
        put?: never;
        /**
         * Prepare a batch
         * @description Looks at each saga and keeps names and versions: nothing is done until the batch is started, and what a search finds later is
         *     not in it. `stake` says what it would touch.
         */
        post: operations["batches_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One batch */
        get: operations["batches_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches/{id}/{verb}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Steer a batch
         * @description `start`: its items begin, one after the other, at its rate. `pause`: no further item begins; those that have go on. `resume`:
         *     items begin again. `cancel`: what has not begun never will.
         */
        post: operations["batches_steer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The items of a batch */
        get: operations["batches_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your bookings */
        get: operations["bookings_list"];
        put?: never;
        /**
         * Book seats
         * @description Answers `202` at once; follow `Location` to see how it goes. With `Prefer: wait=10` (20 at most) the answer is how it
         *     ended, or `202` if it took longer. Money moves once, however often the request is repeated under its key.
         */
        post: operations["bookings_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One booking
         * @description While it is on its way, `step` says what is being done and `poll_after_ms` when to ask again; `/events` saves asking.
         */
        get: operations["bookings_get"];
        put?: never;
        post?: never;
        /**
         * Cancel a booking
         * @description Possible at any moment until the show begins. What was paid is given back by the refund policy of the showtime; `refund` in
         *     the answer says how much, and `GET /api/bookings/{id}/refund-quote` says it before.
         */
        delete: operations["bookings_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * For your calendar
         * @description One entry, from the beginning of the show to its end. Asked for again after a change it replaces the one before.
         */
        get: operations["bookings_calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel seats of a booking
         * @description The seats become free, their tickets invalid, and their price is given back by the showtime's refund policy; what stays
         *     stays valid. Without seats all of the booking is cancelled. `refund` says what is on its way back.
         */
        post: operations["bookings_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch a booking
         * @description Server-sent events named `booking`, each with the whole booking as JSON; its `id` is when the booking last moved. The
         *     stream ends after `confirmed`, `rejected` or `cancelled`.
         */
        get: operations["bookings_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}/refund-quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What cancelling would give back
         * @description By the refund policy of the showtime, at this moment. A booking that is not confirmed yet is undone as a whole, for
         *     nothing.
         */
        get: operations["bookings_quote"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{id}/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tickets of a booking
         * @description Revoked ones too, marked as such. With `Accept: application/pdf` the valid ones to print, a page each.
         */
        get: operations["bookings_tickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/disputes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Disputes
         * @description Newest first. `?status=open` is what the banks have not decided.
         */
        get: operations["disputes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/disputes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dispute */
        get: operations["disputes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs of drills
         * @description The latest hundred, newest first.
         */
        get: operations["drills_list"];
        put?: never;
        /**
         * Begin a drill
         * @description Only on a database that is marked for drills, and only drills that need no hand on processes; `usher drill run` has all of
         *     them. One at a time. It ends by itself, and every fault with it, also when this process dies.
         */
        post: operations["drills_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/drills/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run of a drill */
        get: operations["drills_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/genres": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Genres */
        get: operations["genres_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep seats
         * @description For five minutes; one extension, fifteen minutes at most. All seats or none. Book them by naming the hold.
         */
        post: operations["holds_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One hold
         * @description While it can be used. Expired, given back or gone over to a booking, it is not found.
         */
        get: operations["holds_get"];
        put?: never;
        post?: never;
        /** Give seats back */
        delete: operations["holds_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend a hold
         * @description By five minutes, once, up to fifteen in all.
         */
        post: operations["holds_extend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Incidents
         * @description The open ones, unless `all` are asked for.
         */
        get: operations["incidents_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One incident */
        get: operations["incidents_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Assign an incident */
        post: operations["incidents_assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write about an incident */
        post: operations["incidents_note"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve an incident
         * @description One about money ends in the payments, too. One whose trouble is still there is opened again by the next look.
         */
        post: operations["incidents_resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Films */
        get: operations["movies_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One film */
        get: operations["movies_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movies/{id}/poster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A poster
         * @description A picture two wide and three high, without words.
         */
        get: operations["movies_poster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your messages */
        get: operations["notifications_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One payment
         * @description With every call to the provider and every posting. Yours, or anybody's for operators.
         */
        get: operations["payments_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give money back
         * @description The booking and its tickets stay. Above the limit of the house it waits for a second person (`requires_action`,
         *     `approval`). Follow `Location`: the money is on its way only when the status is `succeeded`.
         */
        post: operations["payments_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Queues */
        get: operations["queues_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues/{queue}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One queue */
        get: operations["queues_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues/{queue}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Dead letters
         * @description Oldest first, each with its saga and whether anybody still waits for its answer.
         */
        get: operations["queues_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues/{queue}/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard dead letters
         * @description All of them or none. A letter whose token is alive is refused: its saga waits for it, and it has to be sent again.
         */
        post: operations["queues_discard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues/{queue}/dead-letters/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send dead letters again
         * @description All of them or none. A letter whose token is dead is refused: its saga has gone on without it, and what would help is to
         *     redrive that.
         */
        post: operations["queues_redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Refunds
         * @description Newest first. `?status=requires_action` is what waits for somebody.
         */
        get: operations["refunds_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One refund */
        get: operations["refunds_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a refund
         * @description The provider is asked from now on. Never by the one who asked for the refund.
         */
        post: operations["refunds_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a refund off
         * @description Only while it waits for approval: what the provider was asked for cannot be called off.
         */
        post: operations["refunds_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refunds/{id}/payout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a payout
         * @description Of the whole amount of a refund that failed or came back. It moves no money: it is the record of money that was moved, and
         *     closes the incident.
         */
        post: operations["refunds_payout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sagas
         * @description From the list beside the engine, so also while the engine is away.
         */
        get: operations["sagas_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One saga
         * @description As the engine has it, with what was written down about it everywhere else.
         */
        get: operations["sagas_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/{id}/{act}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Act on a saga
         * @description `redrive`: go on from the state in which it failed, timed out or was stopped, with `input` instead of what that state had.
         *     `undo`: go back, wherever it stands: seats free, money back, tickets invalid, the customer told. `retry`: try the present step
         *     now. `skip`: end a wait of the definition. `complete`: go on as if the step in which it failed were done, because it was, by
         *     other means; needs `evidence`. `stop`: end it where it stands; needs `undo`, and without undo a second person.
         */
        post: operations["sagas_perform"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/{id}/acts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What people did to a saga
         * @description Oldest first, with who, why, what they saw, and what came of it.
         */
        get: operations["sagas_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/{id}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a saga waits for */
        get: operations["sagas_explanation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a saga
         * @description Its definition, input, history, attempts and timeline; people, means of payment, traces and task tokens are taken out.
         *     `usher saga replay` runs it again.
         */
        get: operations["sagas_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sagas/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Errors
         * @description The last error of each saga, also where it went on, by state and definition; the most frequent first.
         */
        get: operations["sagas_errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Showtimes */
        get: operations["showtimes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One showtime */
        get: operations["showtimes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a showtime off
         * @description Every booking of it is cancelled, and everything that was paid is given back whatever the refund policy says. Follow
         *     `GET /api/showtimes/{id}/cancellation`.
         */
        post: operations["showtimes_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a cancellation has come */
        get: operations["showtimes_cancellation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}/seats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The seats of a showtime */
        get: operations["showtimes_seats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}/seats/best": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The best seats that are left
         * @description Side by side wherever a row allows it, and so that no single seat is left alone. They are not kept: a hold does that.
         */
        get: operations["showtimes_best"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/showtimes/{id}/seats/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch the seats of a showtime
         * @description Server-sent events. The first is `seats`: every seat that is not free. Each `change` after it has the seats that became
         *     something else. `seats` comes again when the line was cut and you ask anew. A change shows within half a second.
         */
        get: operations["showtimes_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/theaters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Theaters */
        get: operations["theaters_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tickets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One ticket
         * @description With `Accept: image/svg+xml` the answer is the QR code that is scanned at the door, with `application/pdf` a page to
         *     print; a revoked ticket has neither.
         */
        get: operations["tickets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who you are */
        get: operations["users_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * News of the payment provider
         * @description For the provider alone: the body is signed in `Stripe-Signature` (`t=<unix time>,v1=<HMAC-SHA256 of "t.body">`) with a secret
         *     that both know, not more than five minutes ago. The same event again is taken and changes nothing.
         */
        post: operations["webhooks_payments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the process is */
        get: operations["health_details"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alive */
        get: operations["livez_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics */
        get: operations["metrics_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a problem means */
        get: operations["problems_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ready for traffic */
        get: operations["readyz_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description One act and what came of it. */
        Act: {
            /** @description What was asked for. */
            act: string;
            after?: components["schemas"]["SagaSight"] | null;
            /** Format: date-time */
            asked_at: string;
            before?: components["schemas"]["SagaSight"] | null;
            by?: components["schemas"]["Actor"] | null;
            decided_by?: components["schemas"]["Actor"] | null;
            /** @description What it was to touch, what an edited input changed, the evidence. */
            detail: Record<string, never>;
            /** Format: date-time */
            ended_at?: string | null;
            /** @example act_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** @description And which execution of it. */
            name: string;
            /** @description Why it was refused; or both errors, `before` and `after`. */
            outcome?: Record<string, never> | null;
            reason: string;
            /** @description Of which saga. */
            saga: string;
            /** @description `requested` until the saga has passed the step or has failed in it again. */
            status: string;
            ticket?: string | null;
        };
        /** @description Something that only the customer can do. */
        Action: {
            /**
             * Format: date-time
             * @description Until when; afterwards the payment is closed and the seats are given back.
             */
            expires_at: string;
            /** @description Where they confirm the payment. */
            url: string;
        };
        /** @description Somebody who acted. */
        Actor: {
            /** @description What they could do then. */
            role: string;
            /** @example usr_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            user: string;
        };
        /** @description A call to the provider. */
        AttemptLine: {
            /** Format: date-time */
            began_at: string;
            /**
             * @description What was asked.
             * @example charge
             */
            call: string;
            /** @description Where the charge stood, or what was seen instead of an answer. */
            detail?: string | null;
            /**
             * @description What was heard; absent when nobody came back from the call.
             * @example answered
             */
            heard?: string | null;
            /** Format: date-time */
            heard_at?: string | null;
            /** @example att_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
        };
        /** @description A batch and how far it is. */
        Batch: {
            /** @description What is done to each saga. */
            act: string;
            by: components["schemas"]["Actor"];
            counts: components["schemas"]["BatchCounts"];
            /** Format: date-time */
            created_at: string;
            /** @example bat_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /**
             * Format: int32
             * @description Items a minute at most.
             */
            rate: number;
            reason: string;
            /** @description Nothing begins before it was started. */
            stage: string;
            stake: components["schemas"]["BatchStake"];
            ticket?: string | null;
        };
        /** @description How many items have which outcome. `total` is the sum of the others, always. */
        BatchCounts: {
            /** Format: int64 */
            begun: number;
            /** Format: int64 */
            cancelled: number;
            /** Format: int64 */
            declined: number;
            /** Format: int64 */
            failed_again: number;
            /** Format: int64 */
            pending: number;
            /** Format: int64 */
            refused: number;
            /** Format: int64 */
            skipped: number;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            worked: number;
        };
        /** @description One saga of a batch. */
        BatchItem: {
            /** @description Its act, once it has begun: `act_...`. */
            act?: string | null;
            /** @description The execution. */
            name: string;
            /** @description Why it was skipped or refused. */
            note?: string | null;
            outcome: string;
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version?: number | null;
        };
        /** @description What the dry runs of all items came to. */
        BatchStake: {
            mails: number;
            money: components["schemas"]["Money"][];
            need_approval: number;
            seats: number;
            tickets: number;
        };
        /** @description Seats for a party. */
        BestSeats: {
            /**
             * @example [
             *       "F7",
             *       "F8"
             *     ]
             */
            seats: string[];
            /** @description Whether all of them are side by side. */
            together: boolean;
            total: components["schemas"]["Money"];
        };
        /** @description One purchase. */
        Booking: {
            /** @description Seats that were given back while the others stayed; `seats` and `total` are without them. */
            cancelled_seats: string[];
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Until when its seats are kept while it is not paid; absent before and after.
             */
            hold_expires_at?: string | null;
            /** @example bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            payment?: components["schemas"]["PaymentLine"] | null;
            /**
             * Format: int32
             * @description When to ask again, in milliseconds; absent at the end.
             */
            poll_after_ms?: number | null;
            /** @description Why it was rejected: `SeatUnavailable`, `HoldExpired`, `PaymentDeclined`, or the name of another error. */
            reason?: string | null;
            refund?: components["schemas"]["Money"] | null;
            requires_action?: components["schemas"]["Action"] | null;
            /**
             * @example [
             *       "A1",
             *       "A2"
             *     ]
             */
            seats: string[];
            showtime?: components["schemas"]["ShowtimeLine"] | null;
            showtime_id: string;
            /**
             * @description `confirmed`, `rejected` and `cancelled` are ends.
             * @example confirmed
             */
            status: string;
            /**
             * @description What is being done for it now; absent at the end.
             * @example charge-payment
             */
            step?: string | null;
            /** @description Those of its seats that somebody else had, where that is why it was rejected. */
            taken_seats: string[];
            /** @description Those that are valid. */
            tickets: components["schemas"]["TicketLine"][];
            total: components["schemas"]["Money"];
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @description Why a showtime is called off.
         * @example {
         *       "reason": "The projector is broken."
         *     }
         */
        CallOff: {
            /** @description For the books and for support. */
            reason: string;
        };
        /**
         * @description What to cancel.
         * @example {
         *       "seats": [
         *         "A1"
         *       ]
         *     }
         */
        Cancellation: {
            /** @description Why, for support. */
            reason?: string;
            /** @description What is given back: by the showtime's policy, nothing, or everything. Only the house chooses. */
            refund?: components["schemas"]["Choice"];
            /** @description Names of seats; all when left out. */
            seats?: string[] | null;
        };
        /** @description Something that the process needs. */
        Check: {
            /** @description Such as `database`. */
            name: string;
            /** @description Whether it works. */
            works: boolean;
        };
        /**
         * @description Who says what is given back.
         * @enum {string}
         */
        Choice: "policy" | "none" | "full";
        /**
         * @description Which dead letters to do something with.
         * @example {
         *       "ids": [
         *         "msg_01KAG3V0Q8Z6X4N2M7R5T9W1YC"
         *       ]
         *     }
         */
        ChosenLetters: {
            /** @description At most 100. */
            ids: string[];
        };
        /**
         * @description Who signs in.
         * @example {
         *       "email": "customer@usher.test",
         *       "password": "usher-demo"
         *     }
         */
        Credentials: {
            /** @description As it was registered, in any case. */
            email: string;
            /** @description As it was registered. */
            password: string;
        };
        /** @description A message that nobody could handle. */
        DeadLetter: {
            /** Format: int32 */
            attempt?: number | null;
            /** Format: date-time */
            died_at: string;
            id: string;
            queue: string;
            /** @description Why it is here. */
            reason: string;
            /**
             * Format: int32
             * @description How often it was delivered.
             */
            receives: number;
            /** @description The execution whose step it asks for; null where the message is no request. */
            saga_id?: string | null;
            step?: string | null;
            /** @description What to do about it. */
            suggestion: string;
            /**
             * @description `alive` while the engine waits for an answer with its token, `dead` when that is over, `none` where it carries none.
             * @example dead
             */
            token: string;
        };
        /** @description Money that the customer's bank took. Unless it is won, nothing more can be refunded of it. */
        Dispute: {
            amount: components["schemas"]["Money"];
            booking_id: string;
            /** Format: date-time */
            closed_at?: string | null;
            /** @example dsp_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** Format: date-time */
            opened_at: string;
            payment_id: string;
            /**
             * @description The provider's own name for it.
             * @example dp_1OtHbyH8
             */
            provider_id: string;
            /**
             * @description `open`: the bank has the money until it has decided. `won`: it gave it back.
             * @example open
             */
            status: string;
        };
        /** @description One run and what came of it. */
        DrillDetails: components["schemas"]["DrillView"] & {
            /** @description What `usher drill run --out` writes as JSON; null until it is over. */
            report?: unknown;
        };
        /**
         * @description One run of a drill.
         * @example {
         *       "id": "drl_01KAGXZ5Y8QW3R6T9V2B4N7M1D",
         *       "name": "payment-answer-lost",
         *       "seed": 7,
         *       "state": "passed",
         *       "began_at": "2026-11-20T10:00:00Z",
         *       "ended_at": "2026-11-20T10:00:21Z",
         *       "failure": null
         *     }
         */
        DrillView: {
            /** Format: date-time */
            began_at: string;
            /** Format: date-time */
            ended_at?: string | null;
            /** @description Why it came to no report. */
            failure?: string | null;
            /** @description `drl_...`. */
            id: string;
            /** @description Which drill. */
            name: string;
            /**
             * Format: int64
             * @description The same one plans the same customers and faults.
             */
            seed: number;
            /** @description `running`, `passed`, `failed`, `inconclusive`, `aborted`, or `broken` when it came to no report. */
            state: string;
        };
        /** @description Sagas that met the same error in the same state of the same definition. */
        ErrorGroup: {
            /**
             * Format: int64
             * @description How many sagas.
             */
            count: number;
            /** Format: date-time */
            deployed_at?: string | null;
            /** @example Usher.Transient */
            error: string;
            /** @description One of them. */
            example: string;
            /**
             * Format: date-time
             * @description When the first and the last of them began.
             */
            first_at: string;
            /** Format: date-time */
            last_at: string;
            /** @description Finds all of them. */
            query: string;
            saga: string;
            /** @description The state that met it. */
            state?: string | null;
            /**
             * Format: int64
             * @description How many of them wait for a person.
             */
            unhappy: number;
            /** @description The hash of the definition, and when that was first deployed. */
            version?: string | null;
        };
        /** @description What is to be said of a saga. */
        Explanation: {
            /**
             * @description The kind of trouble, if it is one.
             * @example no_worker
             */
            class?: string | null;
            /** @description What was seen that says so. */
            evidence: string[];
            id: string;
            /** @description Whether nobody has to do anything. */
            normal: boolean;
            /** @description Where to read on. */
            runbook?: string | null;
            /**
             * @description What it waits for, in a sentence.
             * @example It waits for a worker of ReserveSeats (queue reserve-seats); there seems to be none.
             */
            says: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since?: string | null;
            states: string[];
            /** @example RUNNING */
            status: string;
            /**
             * @description The command to give next.
             * @example usher worker --step reserve-seats
             */
            suggestion?: string | null;
        };
        /** @description A kind of film. */
        Genre: {
            /** @example Science fiction */
            name: string;
            /**
             * @description As `genre` takes it.
             * @example science-fiction
             */
            slug: string;
        };
        /** @description How the process is. */
        Health: {
            /** @description What the process needs. */
            checks: components["schemas"]["Check"][];
            /**
             * @description `ready`, `draining` or `failing`.
             * @example ready
             */
            status: string;
            /** @description Of the program. */
            version: string;
        };
        /** @description Seats kept until a moment. */
        Hold: {
            /**
             * Format: int64
             * @description Grows with each extension.
             */
            epoch: number;
            /**
             * Format: date-time
             * @description By the clock of the server.
             */
            expires_at: string;
            /** @description Whether the one extension was used. */
            extended: boolean;
            /** @example hld_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /**
             * @example [
             *       "A1",
             *       "A2"
             *     ]
             */
            seats: string[];
            showtime_id: string;
        };
        /** @description Something that is wrong, or was. */
        Incident: {
            /**
             * @description no_worker, slow_step, retry_loop, waiting_for_provider, dead_token, undo_failed, saga_failed, dead_letter, no_engine,
             *     projection_behind or money.
             * @example no_worker
             */
            class: string;
            /**
             * Format: int64
             * @description How many sagas or messages it concerns.
             */
            count: number;
            /** @description What was seen. */
            evidence: string[];
            /** @example inc_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** @description What people wrote, oldest first; only where one incident is asked for. */
            notes?: components["schemas"]["IncidentNote"][] | null;
            /** Format: date-time */
            opened_at: string;
            owner?: string | null;
            /**
             * @description What it is about: a saga, a step, a queue.
             * @example reserve-seats
             */
            reference: string;
            resolution?: string | null;
            /** Format: date-time */
            resolved_at?: string | null;
            /** @description Null when it went away by itself. */
            resolved_by?: string | null;
            /** @description Where to read what to do. */
            runbook: string;
            /** @description What is wrong. */
            says: string;
            /**
             * Format: date-time
             * @description When it was last seen to be so.
             */
            seen_at: string;
            /**
             * Format: date-time
             * @description When the trouble began; it was found at `opened_at`.
             */
            since?: string | null;
            step?: string | null;
            /** @description The command to give next. */
            suggestion: string;
        };
        /** @description What somebody wrote about it. */
        IncidentNote: {
            /** Format: date-time */
            at: string;
            author: string;
            note: string;
        };
        /** @description A posting: one amount from one account to another. */
        LedgerLine: {
            amount: components["schemas"]["Money"];
            /** Format: date-time */
            at: string;
            /** @description The account that gives. */
            credit: string;
            /** @description The account that gains. */
            debit: string;
            /**
             * @description `capture`, `recognise`, `refund` and their like.
             * @example capture
             */
            kind: string;
        };
        /** @description What was done. */
        LettersDone: {
            /**
             * Format: int64
             * @description How many letters.
             */
            count: number;
        };
        /** @description What the customer is told. */
        Message: {
            /**
             * @description The same for everything in this state.
             * @example payment_checked
             */
            key: string;
            text: string;
        };
        /** @description An amount in the minor unit of its currency: `{"amount": 1250, "currency": "EUR"}` is twelve euros and fifty cents. */
        Money: {
            /**
             * Format: int64
             * @description Minor units, such as cents.
             * @example 1250
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example EUR
             */
            currency: string;
        };
        /** @description A film. */
        Movie: {
            /** @description Slugs, as `genre` takes them. */
            genres: string[];
            /** @example mov_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** @description From which age. */
            rating: string;
            /**
             * Format: date
             * @example 2026-11-20
             */
            released: string;
            /** Format: int32 */
            runtime_minutes: number;
            synopsis: string;
            title: string;
        };
        /**
         * @description Who wants an account.
         * @example {
         *       "email": "ada@usher.test",
         *       "password": "popcorn in row F",
         *       "name": "Ada"
         *     }
         */
        NewAccount: {
            /** @description Where they are reached. */
            email: string;
            /** @description How they want to be addressed. */
            name: string;
            /** @description 8 to 128 characters. */
            password: string;
        };
        /**
         * @description What to do, and why.
         * @example {
         *       "reason": "The provider answers again.",
         *       "expected_version": 42
         *     }
         */
        NewAct: {
            /** @description Go on although something is in the way; the dry run lists what. */
            despite_obstacles?: boolean;
            /** @description Only say what it would touch. */
            dry_run?: boolean;
            /** @description Only for `complete`, and needed there: how anybody can see that it is done. */
            evidence?: string | null;
            /**
             * Format: int64
             * @description The version of the saga that was seen; a dry run tells it. Not needed for a dry run.
             */
            expected_version?: number | null;
            /** @description Only for `redrive`: what the state is given instead of what it had. */
            input?: Record<string, never> | null;
            /** @description Only for `complete`: what the step would have answered, where that cannot be found. */
            output?: Record<string, never> | null;
            /** @description Why. It stands in the saga's history. */
            reason?: string;
            /** @description Where the matter is followed, such as the number of a ticket of support. */
            ticket?: string | null;
            /** @description Only for `stop`, and needed there: whether to undo, too. Without it a second person has to say yes. */
            undo?: boolean | null;
        };
        /**
         * @description What to do to whom.
         * @example {
         *       "act": "redrive",
         *       "names": [
         *         "bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC"
         *       ],
         *       "reason": "The provider is back.",
         *       "rate": 60
         *     }
         */
        NewBatch: {
            /** @description `redrive`, `undo`, `retry`, `skip` or `stop`. What needs evidence or an input is done one by one. */
            act: string;
            /** @description Go on where something is in the way of the next steps; otherwise such items are skipped. */
            despite_obstacles?: boolean;
            /** @description The executions, 1,000 at most. */
            names: string[];
            /**
             * Format: int32
             * @description Items a minute at most.
             */
            rate?: number;
            /** @description Why. It stands in each saga's history. */
            reason: string;
            /** @description Where the matter is followed. */
            ticket?: string | null;
        };
        /**
         * @description A request for a booking: a showtime and seats, or a hold instead of both.
         * @example {
         *       "showtime_id": "sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC",
         *       "seats": [
         *         "A1",
         *         "A2"
         *       ],
         *       "payment_method": "pm_ok"
         *     }
         */
        NewBooking: {
            /** @description Seats that you hold. */
            hold_id?: string | null;
            /** @description The provider's name for a way of paying. */
            payment_method: string;
            /** @description Names of seats; left out with a hold. */
            seats?: string[] | null;
            /** @description The showtime; may be left out with a hold. */
            showtime_id?: string | null;
        };
        /**
         * @description Which drill.
         * @example {
         *       "name": "payment-answer-lost",
         *       "seed": 7
         *     }
         */
        NewDrill: {
            /** @description As `usher drill list` names it. */
            name: string;
            /**
             * Format: int64
             * @description Decides who buys what, and whom a fault hits. Made up when left out.
             */
            seed?: number | null;
        };
        /**
         * @description Which seats to keep.
         * @example {
         *       "showtime_id": "sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC",
         *       "seats": [
         *         "A1",
         *         "A2"
         *       ]
         *     }
         */
        NewHold: {
            seats: string[];
            showtime_id: string;
        };
        /**
         * @description What is to be written down.
         * @example {
         *       "note": "The provider says that they restart at ten."
         *     }
         */
        NewNote: {
            /** @description For colleagues. Nothing about customers. */
            note: string;
        };
        /**
         * @description Who is to look after it.
         * @example {
         *       "owner": "ada"
         *     }
         */
        NewOwner: {
            /** @description A name that colleagues know; null gives it back. */
            owner?: string | null;
        };
        /**
         * @description How a customer was paid.
         * @example {
         *       "method": "bank transfer",
         *       "evidence": "2026-11-20/17"
         *     }
         */
        NewPayout: {
            /** @description Where the proof is: the number of the transfer or of the receipt. Never the customer's account. */
            evidence: string;
            /** @description Bank transfer, voucher, cash. */
            method: string;
        };
        /**
         * @description What to give back.
         * @example {
         *       "amount": 500,
         *       "currency": "EUR",
         *       "reason": "The sound failed for ten minutes."
         *     }
         */
        NewRefund: {
            /**
             * Format: int64
             * @description Minor units; left out, it is the price of the seats, or what is left of the payment.
             */
            amount?: number | null;
            /** @description That of the payment, if it is named. */
            currency?: string | null;
            /** @description Why, for whoever approves and for the books. */
            reason: string;
            /** @description The price of these seats of the booking; not together with an amount. */
            seats?: string[] | null;
        };
        /** @description One message. */
        Notification: {
            /** @description Plain text. */
            body: string;
            booking_id: string;
            /** Format: date-time */
            created_at: string;
            /** @example ntf_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            subject: string;
            /** @description What kind of message it is. */
            template: string;
        };
        /** @description A part of a list. */
        Page_Act: {
            /** @description The items. */
            items: {
                /** @description What was asked for. */
                act: string;
                after?: components["schemas"]["SagaSight"] | null;
                /** Format: date-time */
                asked_at: string;
                before?: components["schemas"]["SagaSight"] | null;
                by?: components["schemas"]["Actor"] | null;
                decided_by?: components["schemas"]["Actor"] | null;
                /** @description What it was to touch, what an edited input changed, the evidence. */
                detail: Record<string, never>;
                /** Format: date-time */
                ended_at?: string | null;
                /** @example act_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /** @description And which execution of it. */
                name: string;
                /** @description Why it was refused; or both errors, `before` and `after`. */
                outcome?: Record<string, never> | null;
                reason: string;
                /** @description Of which saga. */
                saga: string;
                /** @description `requested` until the saga has passed the step or has failed in it again. */
                status: string;
                ticket?: string | null;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Batch: {
            /** @description The items. */
            items: {
                /** @description What is done to each saga. */
                act: string;
                by: components["schemas"]["Actor"];
                counts: components["schemas"]["BatchCounts"];
                /** Format: date-time */
                created_at: string;
                /** @example bat_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /**
                 * Format: int32
                 * @description Items a minute at most.
                 */
                rate: number;
                reason: string;
                /** @description Nothing begins before it was started. */
                stage: string;
                stake: components["schemas"]["BatchStake"];
                ticket?: string | null;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_BatchItem: {
            /** @description The items. */
            items: {
                /** @description Its act, once it has begun: `act_...`. */
                act?: string | null;
                /** @description The execution. */
                name: string;
                /** @description Why it was skipped or refused. */
                note?: string | null;
                outcome: string;
                /**
                 * Format: int64
                 * @description The version that was looked at.
                 */
                version?: number | null;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Booking: {
            /** @description The items. */
            items: {
                /** @description Seats that were given back while the others stayed; `seats` and `total` are without them. */
                cancelled_seats: string[];
                /** Format: date-time */
                created_at: string;
                /**
                 * Format: date-time
                 * @description Until when its seats are kept while it is not paid; absent before and after.
                 */
                hold_expires_at?: string | null;
                /** @example bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                payment?: components["schemas"]["PaymentLine"] | null;
                /**
                 * Format: int32
                 * @description When to ask again, in milliseconds; absent at the end.
                 */
                poll_after_ms?: number | null;
                /** @description Why it was rejected: `SeatUnavailable`, `HoldExpired`, `PaymentDeclined`, or the name of another error. */
                reason?: string | null;
                refund?: components["schemas"]["Money"] | null;
                requires_action?: components["schemas"]["Action"] | null;
                /**
                 * @example [
                 *       "A1",
                 *       "A2"
                 *     ]
                 */
                seats: string[];
                showtime?: components["schemas"]["ShowtimeLine"] | null;
                showtime_id: string;
                /**
                 * @description `confirmed`, `rejected` and `cancelled` are ends.
                 * @example confirmed
                 */
                status: string;
                /**
                 * @description What is being done for it now; absent at the end.
                 * @example charge-payment
                 */
                step?: string | null;
                /** @description Those of its seats that somebody else had, where that is why it was rejected. */
                taken_seats: string[];
                /** @description Those that are valid. */
                tickets: components["schemas"]["TicketLine"][];
                total: components["schemas"]["Money"];
                /** Format: date-time */
                updated_at: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_DeadLetter: {
            /** @description The items. */
            items: {
                /** Format: int32 */
                attempt?: number | null;
                /** Format: date-time */
                died_at: string;
                id: string;
                queue: string;
                /** @description Why it is here. */
                reason: string;
                /**
                 * Format: int32
                 * @description How often it was delivered.
                 */
                receives: number;
                /** @description The execution whose step it asks for; null where the message is no request. */
                saga_id?: string | null;
                step?: string | null;
                /** @description What to do about it. */
                suggestion: string;
                /**
                 * @description `alive` while the engine waits for an answer with its token, `dead` when that is over, `none` where it carries none.
                 * @example dead
                 */
                token: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Dispute: {
            /** @description The items. */
            items: {
                amount: components["schemas"]["Money"];
                booking_id: string;
                /** Format: date-time */
                closed_at?: string | null;
                /** @example dsp_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /** Format: date-time */
                opened_at: string;
                payment_id: string;
                /**
                 * @description The provider's own name for it.
                 * @example dp_1OtHbyH8
                 */
                provider_id: string;
                /**
                 * @description `open`: the bank has the money until it has decided. `won`: it gave it back.
                 * @example open
                 */
                status: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_DrillView: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                began_at: string;
                /** Format: date-time */
                ended_at?: string | null;
                /** @description Why it came to no report. */
                failure?: string | null;
                /** @description `drl_...`. */
                id: string;
                /** @description Which drill. */
                name: string;
                /**
                 * Format: int64
                 * @description The same one plans the same customers and faults.
                 */
                seed: number;
                /** @description `running`, `passed`, `failed`, `inconclusive`, `aborted`, or `broken` when it came to no report. */
                state: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_ErrorGroup: {
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description How many sagas.
                 */
                count: number;
                /** Format: date-time */
                deployed_at?: string | null;
                /** @example Usher.Transient */
                error: string;
                /** @description One of them. */
                example: string;
                /**
                 * Format: date-time
                 * @description When the first and the last of them began.
                 */
                first_at: string;
                /** Format: date-time */
                last_at: string;
                /** @description Finds all of them. */
                query: string;
                saga: string;
                /** @description The state that met it. */
                state?: string | null;
                /**
                 * Format: int64
                 * @description How many of them wait for a person.
                 */
                unhappy: number;
                /** @description The hash of the definition, and when that was first deployed. */
                version?: string | null;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Genre: {
            /** @description The items. */
            items: {
                /** @example Science fiction */
                name: string;
                /**
                 * @description As `genre` takes it.
                 * @example science-fiction
                 */
                slug: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Incident: {
            /** @description The items. */
            items: {
                /**
                 * @description no_worker, slow_step, retry_loop, waiting_for_provider, dead_token, undo_failed, saga_failed, dead_letter, no_engine,
                 *     projection_behind or money.
                 * @example no_worker
                 */
                class: string;
                /**
                 * Format: int64
                 * @description How many sagas or messages it concerns.
                 */
                count: number;
                /** @description What was seen. */
                evidence: string[];
                /** @example inc_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /** @description What people wrote, oldest first; only where one incident is asked for. */
                notes?: components["schemas"]["IncidentNote"][] | null;
                /** Format: date-time */
                opened_at: string;
                owner?: string | null;
                /**
                 * @description What it is about: a saga, a step, a queue.
                 * @example reserve-seats
                 */
                reference: string;
                resolution?: string | null;
                /** Format: date-time */
                resolved_at?: string | null;
                /** @description Null when it went away by itself. */
                resolved_by?: string | null;
                /** @description Where to read what to do. */
                runbook: string;
                /** @description What is wrong. */
                says: string;
                /**
                 * Format: date-time
                 * @description When it was last seen to be so.
                 */
                seen_at: string;
                /**
                 * Format: date-time
                 * @description When the trouble began; it was found at `opened_at`.
                 */
                since?: string | null;
                step?: string | null;
                /** @description The command to give next. */
                suggestion: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Movie: {
            /** @description The items. */
            items: {
                /** @description Slugs, as `genre` takes them. */
                genres: string[];
                /** @example mov_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /** @description From which age. */
                rating: string;
                /**
                 * Format: date
                 * @example 2026-11-20
                 */
                released: string;
                /** Format: int32 */
                runtime_minutes: number;
                synopsis: string;
                title: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Notification: {
            /** @description The items. */
            items: {
                /** @description Plain text. */
                body: string;
                booking_id: string;
                /** Format: date-time */
                created_at: string;
                /** @example ntf_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                subject: string;
                /** @description What kind of message it is. */
                template: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Queue: {
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Messages that nobody could handle.
                 */
                dead: number;
                /** @example reserve-seats */
                id: string;
                /**
                 * Format: int64
                 * @description Messages that workers have.
                 */
                leased: number;
                /**
                 * Format: int64
                 * @description Seconds since the oldest waiting message was sent; 0 where the transport does not tell.
                 */
                oldest_seconds: number;
                /**
                 * Format: int64
                 * @description Messages that wait for a worker.
                 */
                waiting: number;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Refund: {
            /** @description The items. */
            items: {
                /** @description Whom it waits for: `approval` of a second person, or the `customer`. */
                action?: string | null;
                amount: components["schemas"]["Money"];
                booking_id: string;
                /** @description Why it failed or came back, in the provider's words. */
                code?: string | null;
                /** Format: date-time */
                created_at: string;
                /** @description The second person. */
                decided_by?: string | null;
                /** @example rfd_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                message: components["schemas"]["Message"];
                payment_id: string;
                /** @description `undo`, `cancellation`, `goodwill`, or `by_hand`: made at the provider, past us. */
                purpose: string;
                /** @description Why, in the words of whoever asked. */
                reason: string;
                /** @description Who asked; null when a cancellation did. */
                requested_by?: string | null;
                /** Format: date-time */
                settled_at?: string | null;
                /**
                 * @description Only `succeeded` means that the money is on its way to the customer.
                 * @example succeeded
                 */
                status: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Showtime: {
            /** @description The items. */
            items: {
                /** @example sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                movie_id: string;
                movie_title: string;
                /** @description Of a standard seat; the seats have theirs. */
                price: components["schemas"]["Money"];
                screen_id: string;
                screen_name: string;
                /** @description How many seats were free a moment ago. */
                seats_free: number;
                seats_total: number;
                /** Format: date-time */
                starts_at: string;
                theater_id: string;
                theater_name: string;
                /** @description IANA name of the zone of the theater. */
                time_zone: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Theater: {
            /** @description The items. */
            items: {
                city: string;
                /** @example the_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                name: string;
                /**
                 * @description IANA name of the zone in which people there read a clock.
                 * @example Europe/Berlin
                 */
                time_zone: string;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description A part of a list. */
        Page_Ticket: {
            /** @description The items. */
            items: {
                booking_id: string;
                /** @description What is scanned at the door. */
                code: string;
                /** @example tkt_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
                id: string;
                /** Format: date-time */
                issued_at: string;
                price: components["schemas"]["Money"];
                /** Format: date-time */
                revoked_at?: string | null;
                /** @example A1 */
                seat: string;
                showtime_id: string;
                /** @description Whether it still admits somebody. */
                valid: boolean;
            }[];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description What one booking was asked to pay, and what became of it. */
        Payment: components["schemas"]["Standing"] & {
            amount: components["schemas"]["Money"];
            /** @description Every call to the provider, oldest first. */
            attempts: components["schemas"]["AttemptLine"][];
            booking_id: string;
            /** @example pay_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** @description Every posting, oldest first. */
            ledger: components["schemas"]["LedgerLine"][];
            /** Format: date-time */
            opened_at: string;
            requires_action?: components["schemas"]["Action"] | null;
            /** Format: date-time */
            settled_at?: string | null;
        };
        /** @description A payment, as far as the customer at the screen needs it. */
        PaymentLine: components["schemas"]["Standing"] & {
            id: string;
        };
        /**
         * @description What went wrong (RFC 9457). Kinds add members of their own, such as `seats` and `errors`.
         * @example {
         *       "type": "/problems/seats-taken",
         *       "title": "Some of the seats are taken",
         *       "status": 409,
         *       "detail": "Somebody was faster. Nothing was charged.",
         *       "instance": "/api/bookings",
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "retryable": false,
         *       "seats": [
         *         "A1"
         *       ]
         *     }
         */
        Problem: {
            /** @description What happened this time. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            /** @description Whether the same request can succeed later. */
            retryable: boolean;
            status: number;
            /** @description The same for every problem of this kind. */
            title: string;
            /** @description Leads operators to everything that is known of the request. */
            trace_id: string;
            /**
             * @description Leads to a page about this kind.
             * @enum {string}
             */
            type: "/problems/invalid-request" | "/problems/idempotency-key-missing" | "/problems/unauthenticated" | "/problems/wrong-credentials" | "/problems/payment-declined" | "/problems/forbidden" | "/problems/not-found" | "/problems/method-not-allowed" | "/problems/mail-taken" | "/problems/seats-taken" | "/problems/hold-expired" | "/problems/conflict" | "/problems/refund-exceeds-payment" | "/problems/idempotency-key-in-use" | "/problems/showtime-closed" | "/problems/body-too-large" | "/problems/unsupported-media-type" | "/problems/unprocessable" | "/problems/engine-cannot" | "/problems/idempotency-key-reused" | "/problems/rate-limited" | "/problems/internal" | "/problems/unavailable";
        } & {
            [key: string]: unknown;
        };
        /** @description A queue. */
        Queue: {
            /**
             * Format: int64
             * @description Messages that nobody could handle.
             */
            dead: number;
            /** @example reserve-seats */
            id: string;
            /**
             * Format: int64
             * @description Messages that workers have.
             */
            leased: number;
            /**
             * Format: int64
             * @description Seconds since the oldest waiting message was sent; 0 where the transport does not tell.
             */
            oldest_seconds: number;
            /**
             * Format: int64
             * @description Messages that wait for a worker.
             */
            waiting: number;
        };
        /** @description A refresh token. */
        RefreshToken: {
            /** @description As `/api/auth/token` or `/api/auth/refresh` gave it. */
            refresh_token: string;
        };
        /** @description Money on its way back. */
        Refund: {
            /** @description Whom it waits for: `approval` of a second person, or the `customer`. */
            action?: string | null;
            amount: components["schemas"]["Money"];
            booking_id: string;
            /** @description Why it failed or came back, in the provider's words. */
            code?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description The second person. */
            decided_by?: string | null;
            /** @example rfd_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            message: components["schemas"]["Message"];
            payment_id: string;
            /** @description `undo`, `cancellation`, `goodwill`, or `by_hand`: made at the provider, past us. */
            purpose: string;
            /** @description Why, in the words of whoever asked. */
            reason: string;
            /** @description Who asked; null when a cancellation did. */
            requested_by?: string | null;
            /** Format: date-time */
            settled_at?: string | null;
            /**
             * @description Only `succeeded` means that the money is on its way to the customer.
             * @example succeeded
             */
            status: string;
        };
        /** @description What cancelling gives back. */
        RefundQuote: {
            /** @example bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            booking_id: string;
            /** @description What is not, by the showtime's policy. */
            kept: components["schemas"]["Money"];
            /** @description What is given back. */
            refund: components["schemas"]["Money"];
            /** @description Seat by seat. */
            seats: components["schemas"]["SeatQuote"][];
        };
        /**
         * @description How it ended.
         * @example {
         *       "resolution": "The bank has paid; statement 17."
         *     }
         */
        Resolution: {
            /** @description What was found and done. */
            resolution: string;
        };
        /** @description A saga as the list has it. */
        Saga: {
            /**
             * Format: int32
             * @description Attempts of that state before the present one.
             */
            attempt: number;
            booking_id?: string | null;
            cause?: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            entered_at?: string | null;
            /** @description The last error that it met, also where it went on. */
            error?: string | null;
            /** @description The state that met it. */
            failed_state?: string | null;
            /**
             * @description The execution's name, which is also its address here.
             * @example bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC
             */
            id: string;
            payment_id?: string | null;
            /** @example booking */
            saga: string;
            seats: string[];
            showtime_id?: string | null;
            /** Format: date-time */
            started_at: string;
            /** @description The states it stands in; none once it ended well. */
            states: string[];
            /** @example RUNNING */
            status: string;
            /** Format: date-time */
            stopped_at?: string | null;
            user_id?: string | null;
            /** @description The hash of its definition. */
            version?: string | null;
            /** @description `task`, `retry` or `timer`: what it waits for, where the engine tells. */
            waiting?: string | null;
            /**
             * Format: date-time
             * @description When that is over at the latest.
             */
            wakes_at?: string | null;
        };
        /** @description One saga and everything around it. */
        SagaDetail: components["schemas"]["Saga"] & {
            /**
             * @description Every attempt of every step, oldest first: state, step, attempt, began_at, ended_at, milliseconds, outcome, error, cause, input,
             *     output, and deliveries with worker, receives, began_at, ended_at and outcome.
             */
            attempts: Record<string, never>[];
            /** @description The state machine with the way that was taken, as Mermaid; null where the engine does not keep the definition. */
            diagram?: string | null;
            /** @description The same in characters. */
            drawing?: string | null;
            /** @description What the engine calls it: the ARN on AWS. */
            execution_id: string;
            /** @description What it began with. */
            input: unknown;
            /** @description What it ended with. */
            output?: unknown;
            /** @description The states that were entered, in order. */
            path: string[];
            /**
             * @description Everything that happened, oldest first: at, layer, what, detail, trace_id. Layers: request, outbox, engine, queue, effect,
             *     provider, webhook, ledger, tickets, message, operator, incident.
             */
            timeline: Record<string, never>[];
        };
        /** @description A part of what was found. */
        SagaPage: {
            /**
             * Format: int64
             * @description By how many seconds this may be behind the engine.
             */
            behind_seconds: number;
            items: components["schemas"]["Saga"][];
            /** @description Pass it as `cursor` to get the next part; null at the end. */
            next?: string | null;
        };
        /** @description How a saga stood. */
        SagaSight: {
            /** @description And the story behind that. */
            cause?: string | null;
            /** @description The error that it ended with. */
            error?: string | null;
            /** @description The states that it stands in. */
            states: string[];
            /** @description Its status, in the words of Step Functions. */
            status: string;
            /**
             * Format: int64
             * @description The number of its last event: what the next act states as `expected_version`.
             */
            version: number;
        };
        /** @description One seat. */
        Seat: {
            /**
             * Format: int32
             * @example 1
             */
            number: number;
            price: components["schemas"]["Money"];
            /** @example A */
            row: string;
            /** @example A1 */
            seat: string;
            /** @example free */
            state: string;
            /** @example standard */
            type: string;
            /**
             * Format: int32
             * @description Place from the left; one that no seat has is an aisle.
             */
            x: number;
            /**
             * Format: int32
             * @description Place from the front.
             */
            y: number;
        };
        /**
         * @description Seats and what they are now: `free`, `held` or `sold`.
         * @example {
         *       "A1": "held",
         *       "A2": "free"
         *     }
         */
        SeatChanges: {
            [key: string]: string;
        };
        /** @description What cancelling one seat gives back. */
        SeatQuote: {
            kept: components["schemas"]["Money"];
            price: components["schemas"]["Money"];
            refund: components["schemas"]["Money"];
            /** @example A1 */
            seat: string;
        };
        /** @description The seats of a showtime. */
        Seats: {
            /** @description Row by row, from the front. */
            seats: components["schemas"]["Seat"][];
            showtime_id: string;
        };
        /** @description What a page needs to act for somebody. The rest is in the cookie. */
        Session: {
            /** @description A JWT for the `Authorization: Bearer` header. */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds that the access token lives.
             * @example 900
             */
            expires_in: number;
            /**
             * @description Always `Bearer`.
             * @example Bearer
             */
            token_type: string;
        };
        /** @description A film on a screen at a time. */
        Showtime: {
            /** @example sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            movie_id: string;
            movie_title: string;
            /** @description Of a standard seat; the seats have theirs. */
            price: components["schemas"]["Money"];
            screen_id: string;
            screen_name: string;
            /** @description How many seats were free a moment ago. */
            seats_free: number;
            seats_total: number;
            /** Format: date-time */
            starts_at: string;
            theater_id: string;
            theater_name: string;
            /** @description IANA name of the zone of the theater. */
            time_zone: string;
        };
        /** @description A showtime that was called off. */
        ShowtimeCancellation: {
            /**
             * Format: int64
             * @description Bookings that had seats when it was called off.
             */
            bookings: number;
            /**
             * Format: int64
             * @description Those that gave their seats back.
             */
            cancelled: number;
            /** Format: date-time */
            closed_at: string;
            /**
             * Format: int64
             * @description Those that still have seats.
             */
            left: number;
            reason: string;
            showtime_id: string;
            /**
             * @description `STARTING`, or where the sweep's execution stands: `RUNNING`, `SUCCEEDED`; anything else waits for a person.
             * @example RUNNING
             */
            status: string;
        };
        /** @description A showtime, as far as a list of bookings needs it. */
        ShowtimeLine: {
            /**
             * Format: date-time
             * @description With the time to clean the room.
             */
            ends_at: string;
            movie_id: string;
            movie_title: string;
            screen_name: string;
            /** Format: date-time */
            starts_at: string;
            theater_name: string;
            /** @description IANA name of the zone of the theater. */
            time_zone: string;
        };
        /** @description Where a payment stands. */
        Standing: {
            /** @description The provider's reason, where it declined. */
            code?: string | null;
            message: components["schemas"]["Message"];
            /**
             * @description `unknown`: the provider gave no clear answer, and it is being looked up. Do not pay again.
             * @example captured
             */
            status: string;
        };
        /** @description A house with screens. */
        Theater: {
            city: string;
            /** @example the_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            name: string;
            /**
             * @description IANA name of the zone in which people there read a clock.
             * @example Europe/Berlin
             */
            time_zone: string;
        };
        /** @description The right of one person to one seat. */
        Ticket: {
            booking_id: string;
            /** @description What is scanned at the door. */
            code: string;
            /** @example tkt_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** Format: date-time */
            issued_at: string;
            price: components["schemas"]["Money"];
            /** Format: date-time */
            revoked_at?: string | null;
            /** @example A1 */
            seat: string;
            showtime_id: string;
            /** @description Whether it still admits somebody. */
            valid: boolean;
        };
        /** @description A ticket of a booking. */
        TicketLine: {
            /** @description What is scanned at the door. */
            code: string;
            /** @example tkt_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            /** @example A1 */
            seat: string;
        };
        /** @description What a client needs to act for somebody (RFC 6749, 5.1). */
        TokenPair: {
            /** @description A JWT for the `Authorization: Bearer` header. */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds that the access token lives.
             * @example 900
             */
            expires_in: number;
            /** @description Exchange it once, at `/api/auth/refresh`, for the next pair. */
            refresh_token: string;
            /**
             * @description Always `Bearer`.
             * @example Bearer
             */
            token_type: string;
        };
        /** @description Somebody with an account, as they see themselves. */
        User: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** @example usr_01KAG3V0Q8Z6X4N2M7R5T9W1YC */
            id: string;
            name: string;
            /** @example customer */
            role: string;
        };
    };
    responses: {
        /** @description Anything that goes wrong, also what is not listed here. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    jwks_jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acts_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `act_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The act. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such act. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acts_approve: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `act_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            /** @description `forbidden`: for refund approvers, and never for the one who asked. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such act. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it does not wait for a decision. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acts_decline: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `act_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such act. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it does not wait for a decision. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            /** @description The next pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description `unauthenticated`: the token is unknown, expired, revoked or was used before. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description The account was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `mail-taken`: there is an account with this mail address. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable`: the address, the password or the name is not acceptable; see `errors`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_begin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `wrong-credentials`: the mail address or the password is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_end: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `forbidden`: the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_renew: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next access token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `unauthenticated`: nobody is signed in here any more. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: the request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    auth_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description `wrong-credentials`: the mail address or the password is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    batches_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Batches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Batch"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    batches_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBatch"];
            };
        };
        responses: {
            /** @description It waits to be started. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable` (see `errors`) or `idempotency-key-reused`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    batches_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bat_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such batch. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    batches_steer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bat_...` */
                id: string;
                /** @description `start`, `pause`, `resume` or `cancel`. */
                verb: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such batch, or nothing that is done with one. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the batch does not stand so that this makes sense. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    batches_items: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items of a page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description `bat_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of items, in their order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BatchItem"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such batch. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first; rejected and cancelled ones too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Booking"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request; 1 to 255 printable ASCII characters. */
                "Idempotency-Key": string;
                /** @description `wait=10`: wait so many seconds for the end. */
                Prefer?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBooking"];
            };
        };
        responses: {
            /** @description Confirmed, with tickets. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description On its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `payment-declined`: the provider refused; nothing was charged, the seats are free again. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such showtime. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seats-taken` (see `seats`), `hold-expired`, `showtime-closed`, `conflict`, or `idempotency-key-in-use`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable` (see `errors`) or `idempotency-key-reused`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: too many at once; nothing was booked. Come back after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your booking. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_delete: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was cancelled before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description Seats and money are on their way back. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it was rejected, there is nothing to cancel; or `showtime-closed`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_calendar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An iCalendar file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the booking is not confirmed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_cancel: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Cancellation"];
            };
        };
        responses: {
            /** @description All of it was cancelled before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description Seats and money are on their way back. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `forbidden`: only the house chooses what is given back. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: there is nothing to cancel, or another part is being cancelled; or `showtime-closed`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable`: the booking does not have these seats. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The present state, then each change. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Booking"];
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_quote: {
        parameters: {
            query?: {
                /** @description Names of seats, separated by commas; all when left out. */
                seats?: string;
            };
            header?: never;
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What would be given back now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundQuote"];
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: there is nothing to cancel; or `showtime-closed`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable`: the booking does not have these seats. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    bookings_tickets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order of the seats; none before the booking is confirmed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Ticket"];
                    "application/pdf": string;
                };
            };
            /** @description `not-found`: no such booking of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: there is no valid ticket to print. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    disputes_list: {
        parameters: {
            query?: {
                /** @description Of this booking, `bkg_...`. */
                booking?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description Of this payment, `pay_...`. */
                payment?: string;
                /** @description That stand here: `open`, `won` or `lost`. */
                status?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of disputes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Dispute"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    disputes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `dsp_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dispute. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dispute"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such dispute. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drills_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DrillView"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: no drills are run here. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drills_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDrill"];
            };
        };
        responses: {
            /** @description It has begun. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillView"];
                };
            };
            /** @description `forbidden`: for administrators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: not on this database, not over HTTP, or another one is on. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable`: no such drill. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drills_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `drl_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run, with its report once it is over. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillDetails"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such run. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    genres_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All genres, in the order of their names. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Genre"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    holds_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewHold"];
            };
        };
        responses: {
            /** @description The seats are kept. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `not-found`: no such showtime. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seats-taken` (see `seats`), `showtime-closed`, or `conflict`: too many open holds. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable` (see `errors`) or `idempotency-key-reused`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    holds_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `hld_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `not-found`: no such hold of yours that is open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    holds_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `hld_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The seats are free. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not-found`: no such hold of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it belongs to a booking now; cancel that. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    holds_extend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `hld_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold with its new end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `not-found`: no such hold of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `hold-expired`, or `conflict`: it was extended before, or belongs to a booking now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    incidents_list: {
        parameters: {
            query?: {
                /** @description Also those that have ended. */
                all?: boolean;
                /** @description Of this class, such as `no_worker`. */
                class?: string;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
                /** @description That this person looks after. */
                owner?: string;
                /** @description About this: a saga, a step, a queue. */
                reference?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of incidents. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Incident"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    incidents_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `inc_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The incident. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such incident. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    incidents_assign: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `inc_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOwner"];
            };
        };
        responses: {
            /** @description The incident as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such incident. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    incidents_note: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `inc_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNote"];
            };
        };
        responses: {
            /** @description The incident. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such incident. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    incidents_resolve: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `inc_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Resolution"];
            };
        };
        responses: {
            /** @description It has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such incident. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it has ended before; `resolution` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    movies_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description The slug of a genre. */
                genre?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
                /** @description Words of the title or the synopsis. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Films in the order of their titles. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Movie"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    movies_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `mov_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The film. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Movie"];
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    movies_poster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `mov_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    notifications_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Notification"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    payments_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `pay_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description `not-found`: no such payment of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    payments_create: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `pay_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRefund"];
            };
        };
        responses: {
            /** @description It is written down, and asked for or waiting for approval. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such payment. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `refund-exceeds-payment`, or `conflict`: nothing was captured or nothing is left. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable` (see `errors`) or `idempotency-key-reused`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    queues_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue of every step. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Queue"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    queues_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The step, `reserve-seats`, or `events-...` of a consumer of events */
                queue: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such queue. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    queues_dead_letters: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The step, `reserve-seats` */
                queue: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of dead letters. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DeadLetter"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such queue. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    queues_discard: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The step, `reserve-seats` */
                queue: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenLetters"];
            };
        };
        responses: {
            /** @description They are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LettersDone"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such queue or letter. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: somebody waits for the answer of one of them. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    queues_redrive: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The step, `reserve-seats` */
                queue: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenLetters"];
            };
        };
        responses: {
            /** @description They are in their queue again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LettersDone"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such queue or letter. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: `letters` lists those whose token is dead, with their sagas. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    refunds_list: {
        parameters: {
            query?: {
                /** @description Of this booking, `bkg_...`. */
                booking?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items of a page. */
                limit?: number;
                /** @description Of this payment, `pay_...`. */
                payment?: string;
                /** @description That stand here, such as `requires_action`. */
                status?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of refunds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Refund"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    refunds_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `rfd_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refund. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `not-found`: no such refund of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    refunds_approve: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `rfd_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `forbidden`: for refund approvers, and never for the one who asked. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such refund. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it does not wait for a decision. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    refunds_cancel: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `rfd_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such refund. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it does not wait for a decision. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    refunds_payout: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `rfd_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPayout"];
            };
        };
        responses: {
            /** @description It is on record. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `forbidden`: for refund approvers. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such refund. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the refund did not fail, or the customer has the money. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
                /**
                 * @description Terms with blanks between them: `status:running step:ChargePayment age>10m`. Fields: status, saga, step, age, attempt,
                 *     error, booking, user, seat, showtime, payment, version, name. Commas are alternatives, a minus in front is the opposite.
                 */
                q?: string;
                /** @description `newest`, `oldest`, or `waiting`: those first that have stood longest in their state. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sagas. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SagaPage"];
                };
            };
            /** @description `invalid-request`: `at` says which characters of `q` are wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The saga. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SagaDetail"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such saga. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_perform: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `redrive`, `undo`, `retry`, `skip`, `complete` or `stop`. */
                act: string;
                /** @description The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAct"];
            };
        };
        responses: {
            /** @description The dry run: what it would touch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description It is written down; follow `Location` to see whether it worked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such saga, or no such act. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the saga moved (`saga`), does not allow it (`possible`), something is in the way (`obstacles`), or another act is not over (`act`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable` (see `errors`), `engine-cannot`, or `idempotency-key-reused`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_acts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Act"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no name of a saga. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_explanation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The execution's name, `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it waits for, whether that is normal, and the command to give next. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such saga. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The execution's name, `bkg_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such saga. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sagas_errors: {
        parameters: {
            query?: {
                /** @description Sagas that began in the last so many hours; 24 if left out. */
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every group. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ErrorGroup"];
                };
            };
            /** @description `forbidden`: for people who run the house. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description A day by the clock of the theater, such as `2026-11-20`. */
                date?: string;
                /** @description 1 to 200; 50 if left out. */
                limit?: number;
                /** @description The id of a film. */
                movie?: string;
                /** @description The id of a theater. */
                theater?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Showtimes that have not begun, the next one first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Showtime"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The showtime. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Showtime"];
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_cancel: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every try of one request. */
                "Idempotency-Key": string;
            };
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallOff"];
            };
        };
        responses: {
            /** @description It is called off; its bookings are being cancelled. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShowtimeCancellation"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: no such showtime. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `showtime-closed`: the show has begun. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unprocessable`: say why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_cancellation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShowtimeCancellation"];
                };
            };
            /** @description `forbidden`: for operators. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: the showtime was not called off. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_seats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every seat with its price and whether it is free. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Seats"];
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_best: {
        parameters: {
            query: {
                /** @description 1 to as many as one booking takes. */
                count: number;
                /** @description `standard`, `premium`, `accessible` or `companion`; any when left out, and then places for wheelchairs last. */
                type?: string;
            };
            header?: never;
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The best seats as of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BestSeats"];
                };
            };
            /** @description `not-found`: no such showtime. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: not so many seats are left. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    showtimes_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `sho_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["SeatChanges"];
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    theaters_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All theaters, by city and name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Theater"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    tickets_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `tkt_...` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your ticket. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                    "application/pdf": string;
                    "image/svg+xml": string;
                };
            };
            /** @description `not-found`: no such ticket of yours. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the ticket was revoked and admits nobody. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    users_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    webhooks_payments: {
        parameters: {
            query?: never;
            header: {
                /** @description The signature. */
                "Stripe-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description An event of the provider. */
        requestBody: {
            content: {
                "application/json": string;
            };
        };
        responses: {
            /** @description Stored. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: the signature is missing, wrong or too old, or the event cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    health_details: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each check and its outcome. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    livez_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    metrics_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text format of Prometheus. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    problems_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The last part of a problem's `type`. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened, and what the customer, the operator and support each do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `not-found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    readyz_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send traffic. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `unavailable`: what is needed is away (see `failing`), or the process is draining. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
