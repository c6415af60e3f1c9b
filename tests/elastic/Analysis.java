package tallywire;

import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.elasticsearch.plugin.Inject;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.settings.AnalysisSettings;
import org.elasticsearch.plugin.settings.StringSetting;
import org.elasticsearch.plugin.analysis.AnalyzerFactory;
import org.elasticsearch.plugin.analysis.TokenFilterFactory;
import org.elasticsearch.plugin.analysis.TokenizerFactory;

/**
 * Analysis components that Elasticsearch has and its distribution for tests lacks, by Lucene's own classes: analysers for
 * two languages, the folding of accents and the replacing of patterns for our indices, and what the index of API keys is
 * made with.
 */
public final class Analysis {
    public static final class English implements AnalyzerFactory {
        public String name() { return "english"; }
        public Analyzer create() { return new EnglishAnalyzer(); }
    }
    public static final class German implements AnalyzerFactory {
        public String name() { return "german"; }
        public Analyzer create() { return new GermanAnalyzer(); }
    }
    public static final class Folding implements TokenFilterFactory {
        public String name() { return "asciifolding"; }
        public TokenStream create(TokenStream words) { return new ASCIIFoldingFilter(words); }
    }
    @AnalysisSettings
    public interface Replacing {
        @StringSetting(path = "pattern", defaultValue = "")
        String pattern();
        @StringSetting(path = "replacement", defaultValue = "")
        String replacement();
    }
    public static final class Replace implements TokenFilterFactory {
        private final Replacing settings;
        @Inject
        public Replace(Replacing settings) { this.settings = settings; }
        public String name() { return "pattern_replace"; }
        public TokenStream create(TokenStream words) {
            return new PatternReplaceFilter(words, Pattern.compile(settings.pattern()), settings.replacement(), true);
        }
    }
    public static final class Unique implements TokenFilterFactory {
        public String name() { return "unique"; }
        public TokenStream create(TokenStream words) { return new RemoveDuplicatesTokenFilter(words); }
    }
    public static final class Capture implements TokenFilterFactory {
        public String name() { return "pattern_capture"; }
        public TokenStream create(TokenStream words) {
            return new PatternCaptureGroupTokenFilter(words, true, Pattern.compile("([^@]+)"));
        }
    }
    public static final class Addresses implements TokenizerFactory {
        public String name() { return "uax_url_email"; }
        public Tokenizer create() { return new UAX29URLEmailTokenizer(); }
    }
}
