/* The table of commands. */

#include "c2c/command.h"

#define NO_LIMIT 10000

const struct c2c_option c2c_global_options[] = {
    {"dir", 'C', "DIR",
     "the city's folder, else $C2C_DIR, else "
     "~/.local/share/c2c"},
    {"node", 0, "URL", "ask this node elsewhere, without a name"},
    {"json", 0, NULL, "print one JSON document"},
    {"jsonl", 0, NULL, "print one JSON object a line"},
    {"plain", 0, NULL, "print tab-separated fields without a header"},
    {"records", 0, NULL, "print records as `put` takes them"},
    {"lang", 0, "TAG", "prefer this language (BCP 47), such as zh-Hans"},
    {"timeout", 0, "SEC", "give up after so many seconds (30)"},
    {"dry-run", 'n', NULL, "say what would happen, change nothing"},
    {"yes", 'y', NULL, "answer every question with yes"},
    {"no-input", 0, NULL, "never ask"},
    {"quiet", 'q', NULL, "say nothing but the answer and errors"},
    {"verbose", 'v', NULL, "say more"},
    {"no-color", 0, NULL, "no colours (as does NO_COLOR)"},
    {"help", 'h', NULL, "explain the command"},
    {"version", 'V', NULL, "print the version"},
    {0},
};

static const struct c2c_option init_options[] = {
    {"name", 0, "NAME", "the city's name, in any script"},
    {"country", 0, "CC", "its country (ISO 3166-1, two letters)"},
    {"slug", 0, "SLUG", "its short name in references: a-z, 0-9, hyphens"},
    {"lga", 0, NULL, "an association of local governments, not a city"},
    {"listen", 0, "URL", "where other nodes may ask it; may be given again"},
    {"root-keys", 0, "N", "so many root keys, for several people (1)"},
    {"threshold", 0, "M", "how many of them have to sign together"},
    {0},
};
static const struct c2c_option edit_options[] = {
    {"print", 0, NULL, "print the text instead of editing it"},
    {0},
};
static const struct c2c_option import_options[] = {
    {"type", 0, "TYPE", "the type of the records"},
    {"map", 0, "FILE", "which column is which field (JSON)"},
    {0},
};
static const struct c2c_option list_options[] = {
    {"city", 0, "CITY", "records of this city only"},
    {"where", 0, "FACET=VALUE", "only those; may be given several times"},
    {"topic", 0, "TOPIC", "the same as --where topic=TOPIC"},
    {"purpose", 0, "PURPOSE", "the same as --where purpose=PURPOSE"},
    {"country", 0, "CC", "the same as --where country=CC"},
    {"form", 0, "FORM", "the same as --where form=FORM"},
    {"status", 0, "STATUS", "the same as --where status=STATUS"},
    {"kind", 0, "KIND", "the same as --where kind=KIND"},
    {"limit", 0, "N", "at most so many (100)"},
    {"cursor", 0, "CURSOR", "go on where an earlier list ended"},
    {"all", 0, NULL, "all of them"},
    {0},
};
static const struct c2c_option log_options[] = {
    {"city", 0, "CITY", "revisions of this city only"},
    {"limit", 0, "N", "at most so many (50)"},
    {"cursor", 0, "CURSOR", "go on where an earlier list ended"},
    {"all", 0, NULL, "all of them"},
    {0},
};
static const struct c2c_option who_options[] = {
    {"for", 0, "WHAT", "a purpose or topic, such as sister-city or waste"},
    {0},
};
static const struct c2c_option find_options[] = {
    {"type", 0, "TYPE", "records of this type only"},
    {"topic", 0, "TOPIC", "about this topic"},
    {"country", 0, "CC", "of cities in this country"},
    {"lang-of", 0, "TAG", "of offices or cities that work in this language"},
    {"sdg", 0, "N", "for this sustainable development goal"},
    {"near", 0, "PLACE", "of cities near CITY, CITY,KM or LAT,LON,KM"},
    {"fresh", 0, NULL, "not what is stale"},
    {"limit", 0, "N", "at most so many (20)"},
    {"cursor", 0, "CURSOR", "go on where an earlier search ended"},
    {0},
};
static const struct c2c_option verify_options[] = {
    {"city", 0, "ID", "the proof file has to be of the city with this id"},
    {0},
};
static const struct c2c_option export_options[] = {
    {"proof", 0, NULL, "the record with all that proves it"},
    {0},
};
static const struct c2c_option status_options[] = {
    {"wait", 0, NULL, "return when the node answers"},
    {0},
};
static const struct c2c_option join_options[] = {
    {"lga", 0, "ID", "the id of the hub's association"},
    {"note", 0, "TEXT", "say this to its administrator"},
    {0},
};
static const struct c2c_option invite_options[] = {
    {"days", 0, "N", "good for so many days (14)"},
    {"url", 0, "URL", "where cities reach this node"},
    {0},
};
static const struct c2c_option members_options[] = {
    {"kind", 0, "KIND", "full, associate, observer or lga"},
    {"state", 0, "STATE", "member, pending, denied or revoked only"},
    {"limit", 0, "N", "at most so many (100)"},
    {"cursor", 0, "CURSOR", "go on where an earlier list ended"},
    {"all", 0, NULL, "all of them"},
    {0},
};
static const struct c2c_option sync_options[] = {
    {"wait", 0, NULL, "return when both sides have everything"},
    {0},
};

#define EXAMPLES(NAME, ...) \
    static const char *const NAME##_examples[] = {__VA_ARGS__, NULL}

EXAMPLES(init, "c2c -C ~/jambi init --name Jambi --country ID",
         "c2c -C ~/xian init --name 西安 --country CN --slug xian",
         "c2c init --name Baguio --country PH --root-keys 3 --threshold 2");
EXAMPLES(put, "c2c put offices.json", "c2c put -n offices.json",
         "c2c show office/ctseo --json | c2c put -");
EXAMPLES(new, "c2c new office", "c2c new practice --print > leeds.json");
EXAMPLES(edit, "c2c edit office/ctseo");
EXAMPLES(rm, "c2c rm contact/desk", "c2c rm --yes office/a office/b");
EXAMPLES(import, "c2c import partners.csv --type relationship",
         "c2c import -n offices.csv --type office --map columns.json");
EXAMPLES(confirm, "c2c confirm office/ctseo contact/desk");
EXAMPLES(show, "c2c show practice/leeds", "c2c show office/ctseo --json",
         "c2c show --lang zh-Hans hangzhou/practice/leeds");
EXAMPLES(list, "c2c list office", "c2c list practice --topic waste",
         "c2c list relationship --where form=sister --all");
EXAMPLES(log, "c2c log", "c2c log --city hangzhou --limit 5");
EXAMPLES(types, "c2c types");
EXAMPLES(schema, "c2c schema office", "c2c schema office --json");
EXAMPLES(vocab, "c2c vocab", "c2c vocab topics --lang id");
EXAMPLES(who, "c2c who baguio --for sister-city", "c2c who 杭州",
         "c2c who \"Xi'an\" --for culture --json");
EXAMPLES(find, "c2c find 杭州", "c2c find waste --type practice",
         "c2c find '\"city of music\"' --country CH --fresh");
EXAMPLES(status, "c2c status", "c2c status --wait --timeout 60",
         "c2c status --json");
EXAMPLES(doctor, "c2c doctor");
EXAMPLES(verify, "c2c verify", "c2c verify office/ctseo",
         "c2c verify ctseo.proof");
EXAMPLES(export, "c2c export --proof office/ctseo > ctseo.proof");
EXAMPLES(key, "c2c key show", "c2c key sheet | lp");
EXAMPLES(join, "c2c join tcp://hub.example.org:7420",
         "c2c join tcp://hub.example.org:7420 --note 'From the city hall'");
EXAMPLES(leave, "c2c leave tcp://hub.example.org:7420");
EXAMPLES(invite, "c2c invite Baguio --days 30",
         "c2c invite --url tcp://hub.example.org:7420", "c2c invite accept -");
EXAMPLES(members, "c2c members list", "c2c members list --state pending",
         "c2c members approve baguio", "c2c members revoke baguio");
EXAMPLES(peers, "c2c peers", "c2c peers --json");
EXAMPLES(sync, "c2c sync", "c2c sync --wait --timeout 60");
EXAMPLES(trust, "c2c trust list",
         "c2c trust add 00112233445566778899aabbccddeeff"
         "00112233445566778899aabbccddeeff League",
         "c2c trust remove League");
EXAMPLES(backup, "c2c backup /media/stick/jambi.db");
EXAMPLES(completion, "c2c completion bash > ~/.local/share/"
                     "bash-completion/completions/c2c");
EXAMPLES(help, "c2c help", "c2c help put");
EXAMPLES(version, "c2c version");

static const char *const key_words[] = {"show", "sheet", NULL};
static const char *const members_words[] = {"list", "approve", "deny", "revoke",
                                            NULL};
static const char *const trust_words[] = {"list", "add", "remove", NULL};
static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

const struct c2c_command c2c_commands[] = {
    {"who", "[CITY]", "whom to contact, who decides, which procedure follows",
     "CITY is any name in any language, a GeoNames id, a UN/LOCODE or a city "
     "id; without it your own. When no office is named for WHAT, the general "
     "office answers, or without one all offices, and that is said.",
     who_examples, who_options, 0, 1, NULL, c2c_cmd_who, false, true},
    {"find", "WORDS...", "search everything, in any language and script",
     "All words have to be there; the last may be half a word; \"...\" is a "
     "phrase. The best hits come first.",
     find_examples, find_options, 1, NO_LIMIT, NULL, c2c_cmd_find, true, true},
    {"show", "REF", "one record",
     "REF is TYPE/NAME for your own city, else CITY/TYPE/NAME.", show_examples,
     NULL, 1, 1, NULL, c2c_cmd_show, true, true},
    {"list", "TYPE", "the records of a type", NULL, list_examples, list_options,
     1, 1, NULL, c2c_cmd_list, true, true},
    {"init", "--name NAME --country CC", "make a city: keys, profile, settings",
     "Needs no node. Prints the city's id. The root key goes to DIR/offline, "
     "which the node never reads: move it to a safe place. With --root-keys N "
     "there are N, root-1.key to root-N.key, and any M of them change which "
     "keys speak for the city: one that is lost or stolen does no harm.",
     init_examples, init_options, 0, 0, NULL, c2c_cmd_init, false, false},
    {"put", "FILE|-", "publish records from JSON: all of a file or nothing",
     "FILE holds one object {\"type\", \"body\", ...}, an array of them, or "
     "one "
     "a line. With the slug or key of a record that is there, that one is "
     "changed. Prints the references.",
     put_examples, NULL, 1, 1, NULL, c2c_cmd_put, false, false},
    {"new", "TYPE", "write a record in your editor",
     "The text explains every field. $VISUAL or $EDITOR is started; without a "
     "terminal the text is printed.",
     new_examples, edit_options, 1, 1, NULL, c2c_cmd_new, false, false},
    {"edit", "REF", "change a record in your editor", NULL, edit_examples,
     edit_options, 1, 1, NULL, c2c_cmd_edit, false, false},
    {"rm", "REF...", "remove records for good",
     "Their contents leave this machine's files; earlier backups still hold "
     "them.",
     rm_examples, NULL, 1, NO_LIMIT, NULL, c2c_cmd_rm, false, false},
    {"import", "FILE", "publish the rows of a CSV file: all or nothing",
     "Columns are matched with fields by path (scope.purposes, name:zh-Hans) "
     "or label; `c2c schema TYPE` lists the fields. Where it has parties[], "
     "the "
     "columns are parties.0.name, parties.1.name and so on: a list of partners "
     "may begin with\n"
     "slug,parties.0.name,parties.1.name,form\n"
     "and each row names your own city as party 0, the partner as party 1. "
     "Countries are codes such as PH or English names; the field "
     "country_as_stated takes other wordings. Several values "
     "of one field stand with ; between. Columns may also be separated by ;, "
     "tab or |. --map names a JSON file {\"COLUMN\": "
     "\"PATH\"}; a column that is mapped to null is left out, and {\"=PATH\": "
     "\"TEXT\"} says what is the same in every row. Every bad row is "
     "told with line, column and reason.",
     import_examples, import_options, 1, 1, NULL, c2c_cmd_import, false, false},
    {"confirm", "REF...", "say that records are still true today",
     "Offices, contacts, holders and procedures can be confirmed.",
     confirm_examples, NULL, 1, NO_LIMIT, NULL, c2c_cmd_confirm, false, false},
    {"log", "", "the revisions that were published", NULL, log_examples,
     log_options, 0, 0, NULL, c2c_cmd_log, false, true},
    {"types", "", "the types of records", NULL, types_examples, NULL, 0, 0,
     NULL, c2c_cmd_types, false, true},
    {"schema", "TYPE", "the fields of a type, and what they take", NULL,
     schema_examples, NULL, 1, 1, NULL, c2c_cmd_schema, false, true},
    {"vocab", "[NAME]", "the words of a vocabulary", NULL, vocab_examples, NULL,
     0, 1, NULL, c2c_cmd_vocab, false, true},
    {"status", "", "how the node and the city's state are", NULL,
     status_examples, status_options, 0, 0, NULL, c2c_cmd_status, false, true},
    {"peers", "", "the hubs that this node follows, and how they stand", NULL,
     peers_examples, NULL, 0, 0, NULL, c2c_cmd_peers, false, false},
    {"sync", "", "ask the hubs for what is new, now",
     "It happens by itself; this is for those who cannot wait. With --wait it "
     "returns when every hub that can be reached has stored this city's newest "
     "state and this node holds theirs; after --timeout with status 5.",
     sync_examples, sync_options, 0, 0, NULL, c2c_cmd_sync, false, false},
    {"join", "URL[#LGA-ID]", "ask a hub to admit this city",
     "The hub stays joined until `c2c leave`; its association is trusted by "
     "this node. Without the id the hub says who it is, and you compare.",
     join_examples, join_options, 1, 1, NULL, c2c_cmd_join, false, false},
    {"leave", "URL", "follow a hub no more", NULL, leave_examples, NULL, 1, 1,
     NULL, c2c_cmd_leave, false, false},
    {"invite", "[NAME] | accept TEXT", "let a city join without waiting",
     "For the node of an association: prints a text that admits one city, "
     "once. "
     "In that city `c2c invite accept TEXT` joins; with - instead of TEXT it "
     "is read from standard input, where other users do not see it.",
     invite_examples, invite_options, 0, 2, NULL, c2c_cmd_invite, false, false},
    {"members", "list|approve|deny|revoke [CITY]",
     "who belongs to this association",
     "CITY is any name, an id or the beginning of one, also of a city that "
     "asks to join. revoke ends a membership: the other members do not show "
     "the city any more.",
     members_examples, members_options, 1, 2, members_words, c2c_cmd_members,
     false, false},
    {"trust", "list|add|remove [LGA-ID [NAME]]",
     "the associations that you yourself believe",
     "Kept in ~/.config/c2c/trust: what answers of nodes elsewhere are checked "
     "against. What the own node trusts is another thing, see `c2c join`.",
     trust_examples, NULL, 1, NO_LIMIT, trust_words, c2c_cmd_trust, false,
     true},
    {"doctor", "", "what is wrong, and what to do about it", NULL,
     doctor_examples, NULL, 0, 0, NULL, c2c_cmd_doctor, false, false},
    {"verify", "[REF|FILE]",
     "check all, one record or a proof file against its signature",
     "What export --proof wrote is checked here, without a node: from the "
     "city's first keys to the record. That the file is of the city you mean "
     "only its id tells; that nothing newer exists no file tells.",
     verify_examples, verify_options, 0, 1, NULL, c2c_cmd_verify, false, false},
    {"export", "--proof REF", "a public record as a file that proves itself",
     "Prints the record with the city's keys, its signed state and the "
     "record's place in it: whoever knows the city's id checks it with verify, "
     "without a node and without trusting anybody on the way.",
     export_examples, export_options, 1, 1, NULL, c2c_cmd_export, false, true},
    {"key", "show|sheet [FILE]",
     "the city's public keys; the root key on paper",
     "sheet prints the secret root key of DIR/offline, or of FILE, as text and "
     "as a QR code: send it to a printer, not to a file, and keep it like a "
     "passport. Where a city has several root keys, each has a sheet of its "
     "own: name its FILE.",
     key_examples, NULL, 1, 2, key_words, c2c_cmd_key, false, false},
    {"backup", "FILE", "copy the store while the node runs", NULL,
     backup_examples, NULL, 1, 1, NULL, c2c_cmd_backup, false, false},
    {"completion", "bash|zsh|fish", "what makes the Tab key work in your shell",
     NULL, completion_examples, NULL, 1, 1, shell_words, c2c_cmd_completion,
     false, true},
    {"help", "[COMMAND]", "explain a command", NULL, help_examples, NULL, 0, 1,
     NULL, c2c_cmd_help, false, true},
    {"version", "", "print the version", NULL, version_examples, NULL, 0, 0,
     NULL, c2c_cmd_version, false, true},
    {0},
};
