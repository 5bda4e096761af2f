# scdoc asks for a new paragraph where there is none: behind headings, and
# before headings, .RE and the end.  One behind .RE keeps entries apart.  Names
# in the cells of tables are not to be hyphenated.
function flush() {
    if (pending) {
        print ".P"
    }
    pending = 0
}
/^\.P$/ {
    pending = !heading
    next
}
/^\.S[HS] / {
    pending = 0
    print
    heading = 1
    next
}
/^\.RE$/ {
    print
    pending = 1
    next
}
/^\.(\\"|nf|fi|RS)/ && heading {
    print
    next
}
{
    flush()
    if (/^T[{}]/) {
        cell = /T\{$/
    } else if (cell) {
        gsub(/[^ ]+/, "\\%&")
    }
    print
    heading = 0
}
