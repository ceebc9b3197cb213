"""Vocabulary of the classification: words in an API's paths, ids and texts, by what they say of an operation.

Each set is written for one question, because the same word answers differently: `refund` after a POST pays money
back, after a GET it is a thing that is looked at.
"""

from __future__ import annotations

from typing import Final


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(words.split())


# Verbs that are no nouns: wherever an operation is called so, it acts, whatever its HTTP method.
ACTS: Final = word_set("""
    abort accept acknowledge acquire activate add adjudicate adjust allocate append apply approve assign associate
    assume attach authenticate authorise authorize ban bind broadcast buy callback cancel change clear clone close
    complete confirm connect consume create deactivate deallocate deauthorize decline decrease decrement delete deny
    deprovision dequeue deregister destroy detach disable disassociate disburse discard disconnect dismiss dispatch
    downgrade downvote drain drop duplicate edit enable enqueue enroll erase escalate evict exec execute expire
    finalise finalize finish fire flush follow freeze fulfil fulfill generate grant halt hide ignore impersonate
    increase increment insert install invalidate invoke join kick kill lock login logoff logon logout
    mark merge migrate modify move mute notify ack nack obtain onboard opt optin optout overwrite pause pay
    persist pop portforward prepare promote provision proxy prune publish purge push put
    reactivate reallocate reassign rebuild recalculate receive reconnect recompute redeem redo refresh regenerate
    register reindex reinstate reject remove rename renew reopen repair replace reorder rerun reschedule
    resend reserve reset resign restart restore resubmit resume resync retire retry revert revoke rewind rollback
    rotate run save send set settle shutdown signin signoff signon signout signup snooze start stop submit
    subscribe suspend sync synchronise synchronize terminate toggle touch trigger truncate unarchive unassign
    unassociate unban unblock undelete undo unenroll unfollow unfreeze unhide uninstall unlike unlink unlock unmark
    unmerge unmute unpause unpin unpublish unregister unreserve unset unshare unstar unsubscribe unsuspend
    untag update upload upsert upvote verify wake wipe withdraw write void reboot poweroff poweron demote
    reauthorize deploy undeploy crosspost untrash undeprecate deprecate hangup reload replicate unsub shuffle burn mint
    skip warm warmup force roll eject empty hit begin
    init initialize initialise bootstrap checkin crawl scrape ingest dial pick draw do turn
""")

# Nouns as often as verbs: after a POST they act, after a GET their place and what comes back decide.
MAY_ACT: Final = word_set("""
    appeal archive bid bill block book build call capture charge checkout claim comment contact convert copy deposit
    dispute donate escrow exchange export flag fork import invite invoice issue like link load message open order
    payment payout pin play poll post process quote rate refund release report request return review schedule share
    ship shipment split star swap tag token top trade transfer upgrade vote watch place commit
    consent scale redirect launch replay switch trash leave purchase seed setup backup
""")
# Of those, what is rather done than looked at where nothing stands before it: GET /transfer, but not GET /report.
RATHER_ACTS: Final = word_set("""
    appeal block call capture charge claim commit copy deposit dispute donate flag fork import launch leave like pin
    play print process purchase refund return scale seed setup share ship split star swap switch trade transfer upgrade
    vote backup archive checkout
""")
# The two words of what is one: sign-out, log in, check-in, opt-out.
IN_OR_OUT: Final = frozenset({"in", "out", "on", "off", "up", "into"})
GOES_IN_OR_OUT: Final = frozenset({"sign", "log", "check", "opt", "switch", "turn", "hang", "roll"})

# After a verb these begin its object; after a noun they do not stand.
DETERMINERS: Final = word_set("""
    the a an this that these those all every each any one its his her their your my our another both either given
    specified existing multiple several
""")
# Of the verbs that may act, what a text says of an operation that only tells: "Returns the order", "Reports a rate".
TELLS_IN_TEXT: Final = word_set("""
    return report request quote rate export load poll watch review play convert build process share like tag
""")
# What a text says that only tells. Any other word before "the" or "a" is taken for a verb that acts.
TELLS: Final = word_set("""
    access allow answer ask calculate categorize classify collect concern consult contain correspond cover decode define
    deliver demonstrate derive describe display document download dump encode expose extract find format gather get give
    group handle help identify include know learn let locate lookup measure monitor observe offer output parse point
    aggregate audit compile contrast count detail diagnose echo enumerate iterate link list look lookup map match name
    outline page plot poll preview redirect refer relate resolve review stream tail total trace
    predict present print produce provide query rank read recommend reflect represent reveal sample say scan search see
    serve sort specify suggest sum summarise summarize support tell test use visit visualise visualize walk want yield
""")
SMALL_WORDS: Final = word_set("""
    be are was were do does did can could may might must should will would has have had is as at by for from in into of
    on onto over per since than through to under until upon via with within without about above after against
    along among
    around before behind below beneath beside
    between beyond during except near off out outside past toward
    and or but nor so yet if whether while when where which who whom whose why what how because although unless both
    all any each every either neither some same such only also not no just here there then this that these those it
""")
# What is set anew by these is lost, where it is one of the things that hold something.
OVERWRITES: Final = word_set("reset format rebuild reinstall recreate restore overwrite reimage")
HOLDS: Final = word_set("""
    bucket cluster database db device disk droplet environment instance machine node partition repository server
    snapshot branch tenant vm volume workspace
""")
# What is ended by these is over for good, where it is one of the things that people have.
ENDS: Final = word_set("end stop close terminate quit leave refuse release")
AGREED: Final = word_set("""
    account agreement booking contract membership mandate order plan policy reservation seat service subscription
""")
USES_UP: Final = word_set("use apply redeem")
USED_UP: Final = word_set("coupon gift ticket voucher pass credit")
MOVES: Final = word_set("send transfer move pay return give")
MONEY: Final = word_set("balance coin coins crypto fund funds money wallet cash")
# Whoever is given one of these can do something with it.
MINTED: Final = word_set("token jwt otp nonce accesstoken authtoken")

# What is lost, paid or given up for good.
DESTROYS: Final = word_set("""
    abort annul ban buy cancel capture charge consume delete destroy disburse discard donate drop erase expire flush
    kick kill merge obliterate pay payout prune purchase purge redeem refund remove retire revoke settle terminate
    trash truncate unmerge void wipe withdraw paid adjudicate
    anonymise anonymize clear decommission deprovision empty forfeit forget reverse revert rollback shred
    spend uninstall teardown offboard dedupe deduplicate dispose remit invalidate
""")
# Said in a text only: "removes a filter" or "charges apply" is not worth a second person's consent.
DESTROYS_IN_TEXT: Final = DESTROYS - word_set(
    "ban buy charge consume donate flush kick merge remove settle withdraw paid"
)

# Creating one of these moves money or ends something: POST /refunds.
DESTROYING_THINGS: Final = word_set("""
    cancellation capture charge chargeback deletion disbursement erasure payment payout purge refund reversal
    termination transfer wire withdrawal remittance tip
""")

# Procedures that can hardly be anything but a look-up, as the last word of a path.
LOOKS_UP: Final = word_set("search msearch query lookup autocomplete typeahead mget multiget count facets aggregate")
# Also the name of things that can be made, or of checks that change something: a second sign is needed.
MAY_LOOK_UP_VERBS: Final = word_set("""
    get list find filter fetch retrieve describe show view read scan browse check validate calculate estimate compute
    evaluate compare explain inspect translate detect analyze geocode match rank predict preview simulate
""")
MAY_LOOK_UP: Final = MAY_LOOK_UP_VERBS | word_set("""
    diff stats statistics summary history info details suggest suggestions exists dryrun similar related availability
    available eligibility rates price prices pricing score
""")
# Says only how many: batchGet gets.
MANY: Final = word_set("batch bulk multi mass")
READ_VERBS: Final = (
    LOOKS_UP
    | MAY_LOOK_UP_VERBS
    | word_set("""
    get list fetch retrieve describe show view read scan browse check validate calculate estimate compute evaluate
    compare diff explain inspect filter lookup searches finds gets lists head download has is exists whois select
    index details info quote resolve autocomplete suggest render export poll peek listen watch test ping track discover
    determine compile enumerate iterate translate detect geocode
""")
)
# A thing that is looked at, though a verb stands before it: /sync/status, "Delete history".
READ_NOUNS: Final = word_set("""
    status state history log logs list info information detail details preview count counts stats statistics result
    results option options setting settings config configuration event events type types reason reasons page form
    url schema template templates policy policies limit limits fee fees estimate summary report token date time
    queue job jobs progress field fields code codes request requests permission permissions capability window
    method methods rule rules attempts error errors metadata quota quotas url urls price prices
""")
# Makes something of a search: a saved one, its job, its index.
NOT_A_LOOK_UP: Final = word_set("""
    saved save job jobs index indexes indices template templates async scheduled schedule alert alerts history
    configuration config settings setting webhook webhooks analytics engine domain service term synonym synonyms
    log report reports key keys token tokens password passwords secret secrets session sessions otp code codes pin in
    out link credential credentials preference preferences favourite favorite
""")
# Given along, these are used up or prove something: validating them acts.
SPENT: Final = word_set("token otp code pin password secret nonce captcha signature credential credentials assertion")
SECRETS: Final = word_set("token tokens secret secrets password passwords otp credential credentials")
# A text in a language that can also change things.
LANGUAGES: Final = word_set("sql statement statements script command commands mutation program expression gql graphql")
# The verb of a query language's door: what it does is in the text that is sent.
OPEN_DOORS: Final = word_set("graphql gql sql rpc jsonrpc soap eval console exec shell command script batch bulk")

CUSTOMERS_THINGS: Final = word_set("""
    account address appointment authorization authorisation basket beneficiary booking buyer call capture card cart
    case chargeback charge checkout claim complaint contact contract conversation customer delivery dispute draft edit
    enrollment enrolment exchange guest inquiry invoice itinerary loan member membership message mandate
    order passenger patient payment payout parcel plan policyholder point profile purchase quote refund rental
    reservation return reward rma shipment shopper subscriber subscription ticket transaction transfer trip user
    visit wallet warranty wishlist me pet
""")
BUSINESS_THINGS: Final = word_set("""
    admin agent alert announcement apikey app application article attribute audit automation backup branch brand bucket
    build campaign catalog catalogue category certificate channel cluster collection command config configuration
    connector coupon credential currency dashboard database datacenter deployment discount domain employee emoji
    endpoint environment feature file firewall flag flow folder form fulfillment gateway group guild hook image index
    integration inventory invite key label language level lobby locale location log macro menu merchant metric migration
    model namespace network node oauth onboarding option organization organisation package page permission pipeline
    policy post price pricelist product profile program project promotion provider queue region release repo
    repository role rule script secret server service set setting sku site staff stock store tax
    team template tenant territory theme threshold token topic trigger type upload variant vendor view volume warehouse
    webhook widget workflow workspace zone auth session password login profile status user sticker soundboard
    integration webhook export import execution job
""") - word_set("user profile")  # whose they are, the path says elsewhere
# Of anything, these are how a business sorts it: customer groups, refund reasons, price lists.
SORTING_THINGS: Final = word_set("""
    group setting reason template provider option type list rule profile level method preference tag status set zone
    category field policy schedule channel
""")
CONTAINERS: Final = word_set("""
    store shop merchant account organization organisation tenant workspace company project restaurant site seller
    vendor user business marketplace admin api public private self service rest
""")
CREDENTIAL_THINGS: Final = word_set(
    "auth oauth login logout session token password credential apikey secret mfa otp sso saml signin signup"
)
