/* Read digits in C: reader WEIGHTS IMAGES prints one digit for each image.
 *
 * WEIGHTS: float32, little-endian, layer by layer: weights (inputs x outputs), biases.
 * IMAGES: 784 bytes each, 0 to 255.
 */
#include <stdio.h>

enum { LAYERS = 3, WIDEST = 784 };

static const int SIZE[LAYERS + 1] = {784, 128, 32, 10};
static float weights[LAYERS][WIDEST * 128];
static float biases[LAYERS][128];

/* Read count values of so many bytes each; return whether all were there. */
static int fill(void *target, size_t bytes, size_t count, FILE *file) {
    return fread(target, bytes, count, file) == count;
}

/* Read all layers; return whether the file has them, and nothing more. */
static int load(const char *name) {
    FILE *file = fopen(name, "rb");
    int whole = file != NULL;
    for (int k = 0; whole && k < LAYERS; k++)
        whole = fill(weights[k], sizeof(float), SIZE[k] * SIZE[k + 1], file)
             && fill(biases[k], sizeof(float), SIZE[k + 1], file);
    whole = whole && fgetc(file) == EOF;
    if (file) fclose(file);
    return whole;
}

/* Compute layer k: outputs = inputs x weights + biases, bent unless it is the last. */
static void layer(int k, const float *inputs, float *outputs) {
    for (int j = 0; j < SIZE[k + 1]; j++)
        outputs[j] = biases[k][j];
    for (int i = 0; i < SIZE[k]; i++)
        for (int j = 0; j < SIZE[k + 1]; j++)
            outputs[j] += inputs[i] * weights[k][i * SIZE[k + 1] + j];
    for (int j = 0; k < LAYERS - 1 && j < SIZE[k + 1]; j++)
        if (outputs[j] < 0) outputs[j] = 0;
}

/* The largest sum wins: softmax would not change which one that is. */
static int digit_of(const unsigned char *image) {
    float now[WIDEST], next[WIDEST];
    for (int i = 0; i < WIDEST; i++)
        now[i] = image[i] / 255.0f;
    for (int k = 0; k < LAYERS; k++) {
        layer(k, now, next);
        for (int j = 0; j < SIZE[k + 1]; j++)
            now[j] = next[j];
    }
    int best = 0;
    for (int j = 1; j < SIZE[LAYERS]; j++)
        if (now[j] > now[best]) best = j;
    return best;
}

int main(int count, char **words) {
    unsigned char image[WIDEST];
    if (count != 3) {
        fprintf(stderr, "Call it so: reader WEIGHTS IMAGES\n");
        return 2;
    }
    if (!load(words[1])) {
        fprintf(stderr, "%s does not hold the network's weights.\n", words[1]);
        return 1;
    }
    FILE *images = fopen(words[2], "rb");
    if (!images) {
        fprintf(stderr, "%s cannot be read.\n", words[2]);
        return 1;
    }
    while (fill(image, 1, WIDEST, images))
        printf("%d\n", digit_of(image));
    fclose(images);
    return 0;
}
