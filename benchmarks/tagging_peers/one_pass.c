/* One pass over the bytes of all turns: lower case, words, cues, counts per turn and label. One thread.
 *
 *     one_pass FOLDER REPEATS
 *
 * FOLDER holds, as plain little-endian arrays: text (bytes), ends (int64, per turn), words (bytes), word_ends (int64),
 * kinds (int32, per word), table (int32, state by kind), begin (int32, per state and one more), labels (int32), and
 * sizes (int64: turns, words, kinds, states, labels). Prints of each repeat the seconds, the
 * seconds of processor and the hits.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST_WORD = 64, MOST_OPEN = 64 };

typedef struct { uint64_t hash; int64_t start; int32_t length, kind; } slot;

static void *load(const char *folder, const char *name, int64_t *size) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(1); }
    fseek(file, 0, SEEK_END);
    int64_t length = ftell(file);
    rewind(file);
    void *data = malloc((size_t)length + 1);
    if (!data || fread(data, 1, (size_t)length, file) != (size_t)length) { perror(path); exit(1); }
    fclose(file);
    if (size) *size = length;
    return data;
}

static uint64_t hash_of(const unsigned char *word, int length) {
    uint64_t hash = 1469598103934665603ULL;
    for (int i = 0; i < length; i++) hash = (hash ^ word[i]) * 1099511628211ULL;
    return hash;
}

static double seconds(struct timespec from, struct timespec to) {
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 3) { fprintf(stderr, "one_pass FOLDER REPEATS\n"); return 2; }
    int64_t *sizes = load(argv[1], "sizes", NULL), *ends = load(argv[1], "ends", NULL);
    int64_t *word_ends = load(argv[1], "word_ends", NULL);
    int64_t turns = sizes[0], known = sizes[1], n_kinds = sizes[2], n_labels = sizes[4];
    unsigned char *text = load(argv[1], "text", NULL), *words = load(argv[1], "words", NULL);
    int32_t *kinds = load(argv[1], "kinds", NULL), *table = load(argv[1], "table", NULL);
    int32_t *begin = load(argv[1], "begin", NULL), *labels = load(argv[1], "labels", NULL);

    int64_t places = 1;
    while (places < 4 * known) places *= 2;
    slot *slots = calloc((size_t)places, sizeof *slots);
    for (int64_t i = 0, start = 0; i < known; start = word_ends[i++]) {
        int length = (int)(word_ends[i] - start);
        uint64_t hash = hash_of(words + start, length);
        int64_t at = (int64_t)(hash & (uint64_t)(places - 1));
        while (slots[at].length) at = (at + 1) & (places - 1);
        slots[at] = (slot){hash, start, length, kinds[i]};
    }
    unsigned char is_part[256], lower[256];
    for (int c = 0; c < 256; c++) {
        is_part[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || c == '-' || c >= 0x80;
        lower[c] = (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    uint16_t *counts = malloc((size_t)(turns * n_labels) * sizeof *counts);
    for (int repeat = atoi(argv[2]); repeat > 0; repeat--) {
        struct timespec from, to, used, spent;
        int64_t hits = 0;
        clock_gettime(CLOCK_MONOTONIC, &from);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        memset(counts, 0, (size_t)(turns * n_labels) * sizeof *counts);
        for (int64_t turn = 0, at = 0; turn < turns; turn++) {
            uint16_t *mine = counts + turn * n_labels;
            int32_t open[MOST_OPEN];
            int n_open = 0;
            while (at < ends[turn]) {
                unsigned char word[LONGEST_WORD], c = text[at];
                int length = 0;
                if (c == '?' || c == '!') {
                    word[length++] = c;
                    at++;
                } else if (!is_part[c]) {
                    if (c == '.' || c == ':' || c == ';') n_open = 0;
                    at++;
                    continue;
                } else {
                    for (; at < ends[turn] && is_part[text[at]]; at++) {
                        c = lower[text[at]];
                        /* capitals with an accent: the second byte of U+00C0 to U+00DE */
                        if (length && word[length - 1] == 0xC3 && c >= 0x80 && c <= 0x9E) c = (unsigned char)(c + 0x20);
                        if (length < LONGEST_WORD) word[length++] = c;
                    }
                }
                uint64_t hash = hash_of(word, length);
                int64_t place = (int64_t)(hash & (uint64_t)(places - 1));
                int32_t kind = 0;
                for (; slots[place].length; place = (place + 1) & (places - 1))
                    if (slots[place].hash == hash && slots[place].length == length
                        && !memcmp(words + slots[place].start, word, (size_t)length)) {
                        kind = slots[place].kind;
                        break;
                    }
                int kept = 0;
                for (int i = 0; i <= n_open; i++) {
                    int32_t state = table[(i < n_open ? open[i] : 0) * n_kinds + kind];
                    if (!state) continue;
                    for (int32_t end = begin[state]; end < begin[state + 1]; end++, hits++) mine[labels[end]]++;
                    if (kept < MOST_OPEN - 1) open[kept++] = state;
                }
                n_open = kept;
                if (length == 1 && (word[0] == '?' || word[0] == '!')) n_open = 0;
            }
        }
        clock_gettime(CLOCK_MONOTONIC, &to);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
        printf("%.6f %.6f %lld\n", seconds(from, to), seconds(used, spent), (long long)hits);
    }
    return 0;
}
